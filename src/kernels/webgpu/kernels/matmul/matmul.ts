import type { Kernels } from '../../../contract.ts';
import type { GpuArray, GpuHandles } from '../../engine/buffers.ts';
import { maskValues } from '../wgsl/dropoutMask.ts';
import { combiner } from './combiner.ts';
import { matmulShader } from './matmulShader.ts';
import { matrixShader } from './matrixShader.ts';
import type { MatrixTile } from './matrixShader.ts';
import { linearKernels } from './linears.ts';
import type { LinearKernels } from './linears.ts';
import type { Tile } from './matmulTile.ts';
import { planner, waysWith } from './plan.ts';
import type { Activation, Multiply, Product, ProductArray } from './product.ts';
import type { ProductLayout, MatmulShader } from './productText.ts';
import type { Queue } from '../../engine/queue.ts';
import type { Matrices } from './subgroupMatrix.ts';
import type { Tuner } from '../../engine/tuner/tuner.ts';

const INACTIVE: Activation = { tanh: 0, ...maskValues({ rate: 0, keyHigh: 0, keyLow: 0 }) };

/** Each product uses the shader variant for its layout. Small, deep ones are split into parts that a second pass adds; f16 ones use matrix units if available. */
export function matmulKernels(
  queue: Queue,
  tuner: Tuner,
  matrices?: Matrices,
): Pick<Kernels<GpuHandles>, 'matmul'> & LinearKernels {
  const variants = new Map<string, Product>();
  const known = (
    kind: string,
    { side }: { readonly side: number },
    layout: ProductLayout,
    make: () => MatmulShader,
  ): Product => {
    const key = [kind, side, ...Object.values(layout).map(String)].join(' ');
    const made = variants.get(key) ?? queue.shader(make());
    variants.set(key, made);
    return made;
  };
  const productBy = (tile: Tile | MatrixTile, layout: ProductLayout): Product => {
    if ('perThread' in tile) return known('plain', tile, layout, () => matmulShader({ tile, ...layout }));
    return known('matrices', tile, layout, () => matrixShader(layout, tile, (matrices as Matrices).unit));
  };

  const combine = combiner(queue);

  const allTiles = waysWith(matrices);
  const planOf = planner(matrices);

  const multiply: Multiply = (a, b, c, p, { joined, epilogue = 'none', bias, y, activation, sums } = {}) => {
    const products = p.outer * p.inner;
    const size = products * p.m * p.n;
    if (size === 0) return;
    const halves = [a.type === 'f16', b.type === 'f16', c.type === 'f16'] as const;
    const plan = planOf(p, halves, epilogue, sums !== undefined, joined);
    const split = plan.splits > 1;
    const partial = split ? queue.workspace(plan.splits * size, sums ? plan.splits * products * p.m : 0) : [];
    const [target, targetSums] = split ? partial : [c, sums];
    const arrays = { a, b, c: target, bias, y, sums: targetSums } as Record<ProductArray, GpuArray>;
    const { tanh, threshold, factor, keyHigh, keyLow } = activation ?? INACTIVE;
    const compute = (make: Product, { side }: { readonly side: number }): void => {
      const tilesDown = Math.ceil(p.m / side);
      const tilesAcross = Math.ceil(p.n / side);
      // Listed one by one: spreading objects took a third of the host's time of a step.
      const parameters = {
        m: p.m,
        n: p.n,
        k: plan.terms,
        inner: p.inner,
        products,
        tilesDown,
        tilesAcross,
        splitDepth: plan.splitDepth,
        aRow: p.aRow,
        aOuter: p.aOuter,
        aInner: p.aInner,
        bRow: p.bRow,
        bOuter: p.bOuter,
        bInner: p.bInner,
        cRow: split ? p.n : p.cRow,
        cOuter: split ? p.inner * p.m * p.n : p.cOuter,
        cInner: split ? p.m * p.n : p.cInner,
        cSplit: split ? size : 0,
        depthOfOne: plan.depthOfOne,
        kOfOne: p.k,
        aStep: joined?.aStep ?? 0,
        bStep: joined?.bStep ?? 0,
        scale: split ? 1 : p.scale,
        tanh,
        threshold,
        factor,
        keyHigh,
        keyLow,
      };
      make(arrays, parameters, tilesDown * tilesAcross * products * plan.splits, 2 * size * p.k);
    };
    const by = (way: number): Product => (plan.byTile[way] ??= productBy(allTiles[way], plan.layout));
    tuner.run(
      plan.kind,
      plan.ways,
      size * plan.terms,
      (way) => compute(by(way), allTiles[way]),
      (way) => by(way).ready(arrays),
    );
    if (split) combine(partial, c, sums, p, plan.splits, epilogue === 'add');
  };

  return { matmul: ({ a, b }, p, { c }) => multiply(a, b, c, p), ...linearKernels(multiply) };
}
