import type { KernelParameters } from '../../../contract.ts';
import type { Plan } from './plan.ts';
import type { Joined } from './product.ts';
import type { MatmulShader } from './productText.ts';

/** The parameters of a product's shader. */
export type ProductParameters = Record<keyof MatmulShader['parameters'], number>;

/** Of a product by tiles of `side`, without activation. */
export function productParameters(
  p: KernelParameters<'matmul'>,
  { terms, splits, splitDepth, depthOfOne }: Plan,
  side: number,
  joined: Joined | undefined,
): ProductParameters {
  const split = splits > 1;
  const products = p.outer * p.inner;
  return {
    m: p.m,
    n: p.n,
    k: terms,
    inner: p.inner,
    products,
    tilesDown: Math.ceil(p.m / side),
    tilesAcross: Math.ceil(p.n / side),
    splitDepth,
    aRow: p.aRow,
    aOuter: p.aOuter,
    aInner: p.aInner,
    bRow: p.bRow,
    bOuter: p.bOuter,
    bInner: p.bInner,
    cRow: split ? p.n : p.cRow,
    cOuter: split ? p.inner * p.m * p.n : p.cOuter,
    cInner: split ? p.m * p.n : p.cInner,
    cSplit: split ? products * p.m * p.n : 0,
    depthOfOne,
    kOfOne: p.k,
    aStep: joined?.aStep ?? 0,
    bStep: joined?.bStep ?? 0,
    scale: split ? 1 : p.scale,
    tanh: 0,
    threshold: 0,
    factor: 1,
    keyHigh: 0,
    keyLow: 0,
  };
}
