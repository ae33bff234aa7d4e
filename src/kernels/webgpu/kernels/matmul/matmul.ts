import type { Kernels, KernelParameters } from '../../../contract.ts';
import type { GpuArray, GpuHandles } from '../../engine/buffers.ts';
import { maskValues } from '../wgsl/dropoutMask.ts';
import { eachElement } from '../elementwise.ts';
import { matmulShader } from './matmulShader.ts';
import type { Variant } from './matmulShader.ts';
import { matrixShader } from './matrixShader.ts';
import type { MatrixTile } from './matrixShader.ts';
import { cutProduct, tiles } from './matmulTile.ts';
import type { ProductLayout, MatmulShader } from './productText.ts';
import type { Dispatch, Queue } from '../../engine/queue.ts';
import type { Matrices } from './subgroupMatrix.ts';
import type { Tuner } from '../../engine/tuner/tuner.ts';

type ProductArray = 'a' | 'b' | 'bias' | 'c' | 'y';
type Product = Dispatch<ProductArray, keyof MatmulShader['parameters']>;

/** What is done to a product before it is written. */
interface Epilogue {
  readonly bias: GpuArray;
  readonly y?: GpuArray;
  readonly activation?: typeof INACTIVE;
}

const INACTIVE = { tanh: 0, ...maskValues({ rate: 0, keyHigh: 0, keyLow: 0 }) };

const fours = (...numbers: readonly number[]): boolean => numbers.every((number) => number % 4 === 0);

/** A product so narrow leaves most of a tile of matrices idle. */
const NARROW = 16;

/** Products, each by the variant of the shader that fits its layout; deep and small ones in parts that a second pass adds; those of halves by matrix units if there are any. */
export function matmulKernels(
  queue: Queue,
  tuner: Tuner,
  matrices?: Matrices,
): Pick<Kernels<GpuHandles>, 'matmul' | 'linear' | 'linearGelu'> {
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
  const product = ({ tile, ...layout }: Variant): Product =>
    known('plain', tile, layout, () => matmulShader({ tile, ...layout }));
  const matrixProduct = ({ unit }: Matrices, tile: MatrixTile, layout: ProductLayout): Product =>
    known('matrices', tile, layout, () => matrixShader(layout, tile, unit));
  // What a training step needs where all sizes are multiples of four; the rest, and GELU's long epilogue, is compiled when it comes up.
  const vectors = { vectorA: true, vectorB: true, vectorC: true };
  const needed: readonly ProductLayout[] = [
    ...[
      { transposeA: false, transposeB: false },
      { transposeA: false, transposeB: true },
      { transposeA: true, transposeB: false },
    ].map((transposes) => ({ ...transposes, ...vectors, epilogue: 'none' as const })),
    { transposeA: false, transposeB: true, ...vectors, epilogue: 'bias' },
  ];
  for (const layout of needed) {
    for (const tile of tiles) product({ tile, ...layout });
    if (matrices) for (const tile of matrices.tiles) matrixProduct(matrices, tile, layout);
  }

  const combine = eachElement(queue, {
    label: 'matmul',
    inputs: { parts: 'f32' },
    outputs: { c: 'real' },
    inF32: [['c']],
    parameters: {
      splits: 'u32',
      n: 'u32',
      m: 'u32',
      inner: 'u32',
      cRow: 'u32',
      cOuter: 'u32',
      cInner: 'u32',
      scale: 'f32',
    },
    main: `
      var total = 0.0;
      for (var split = 0u; split < p.splits; split++) { total += parts[split * p.size + i]; }
      let row = i / p.n;
      let product = row / p.m;
      let place = product / p.inner * p.cOuter + product % p.inner * p.cInner + row % p.m * p.cRow;
      c[place + i % p.n] = c_real(p.scale * total);`,
  });

  const multiply = (
    a: GpuArray,
    b: GpuArray,
    c: GpuArray,
    p: KernelParameters<'matmul'>,
    epilogue?: Epilogue,
  ): void => {
    const products = p.outer * p.inner;
    if (products * p.m * p.n === 0) return;
    const { ways, splits, splitDepth } = cutProduct(p.m, p.n, p.k, products);
    const split = splits > 1 && !epilogue;
    const size = products * p.m * p.n;
    const dense = { cRow: p.n, cOuter: p.inner * p.m * p.n, cInner: p.m * p.n, cSplit: size, scale: 1 };
    const target = split ? dense : { cRow: p.cRow, cOuter: p.cOuter, cInner: p.cInner, cSplit: 0, scale: p.scale };
    const transposeA = p.transposeA !== 0;
    const transposeB = p.transposeB !== 0;
    const layout = {
      transposeA,
      transposeB,
      vectorA: fours(p.aRow, p.aOuter, p.aInner, transposeA ? p.m : p.k),
      vectorB: fours(p.bRow, p.bOuter, p.bInner, transposeB ? p.k : p.n),
      vectorC: fours(target.cRow, target.cOuter, target.cInner, target.cSplit, p.n),
      epilogue: epilogue ? (epilogue.y ? 'gelu' : 'bias') : 'none',
    } as const;
    const [parts] = split ? queue.workspace(splits * size) : [c];
    const arrays = { a, b, c: parts, bias: epilogue?.bias, y: epilogue?.y } as Record<ProductArray, GpuArray>;
    const compute = (make: Product, { side }: { readonly side: number }): void => {
      const [tilesDown, tilesAcross] = [p.m, p.n].map((extent) => Math.ceil(extent / side));
      const cut = { tilesDown, tilesAcross, splitDepth: split ? splitDepth : Math.max(1, p.k) };
      const groups = tilesDown * tilesAcross * products * (split ? splits : 1);
      make(arrays, { ...INACTIVE, ...epilogue?.activation, ...p, ...cut, ...target, products }, groups);
    };
    const kind = [p.m, p.n, p.k, products].map((extent) => Math.round(2 * Math.log2(extent || 1)));
    const types = [a, b, c].map(({ type }) => type);
    if (matrices && types.slice(0, 2).includes('f16') && Math.min(p.m, p.n) > NARROW) {
      const { side } = tiles[ways[0]];
      const tile = matrices.tiles.find((one) => one.side <= side) ?? matrices.tiles[matrices.tiles.length - 1];
      compute(matrixProduct(matrices, tile, layout), tile);
    } else
      tuner.run([...kind, ...types, ...Object.values(layout).map(String)].join(' '), ways, size * p.k, (way) =>
        compute(product({ tile: tiles[way], ...layout }), tiles[way]),
      );
    if (split) combine({ parts, c }, size, { ...p, splits });
  };

  return {
    matmul: ({ a, b }, p, { c }) => multiply(a, b, c, p),
    linear: ({ x, weight, bias }, p, { y }) => multiply(x, weight, y, linearProduct(p), { bias }),
    linearGelu({ x, weight, bias }, p, { linear, y }) {
      const activation = { tanh: p.tanh, ...maskValues(p) };
      multiply(x, weight, linear, linearProduct(p), { bias, y, activation });
    },
  };
}

/** x @ weight' */
function linearProduct({ rows, inputs, outputs }: KernelParameters<'linear'>): KernelParameters<'matmul'> {
  const one = { outer: 1, inner: 1, aOuter: 0, aInner: 0, bOuter: 0, bInner: 0, cOuter: 0, cInner: 0, scale: 1 };
  const layout = { transposeA: 0, transposeB: 1, aRow: inputs, bRow: inputs, cRow: outputs };
  return { ...one, ...layout, m: rows, n: outputs, k: inputs };
}
