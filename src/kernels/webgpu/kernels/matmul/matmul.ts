import type { Kernels, KernelParameters } from '../../../contract.ts';
import type { GpuArray, GpuHandles } from '../../engine/buffers.ts';
import { maskValues } from '../wgsl/dropoutMask.ts';
import type { maskParameters } from '../wgsl/dropoutMask.ts';
import { eachElement } from '../elementwise.ts';
import { matmulShader } from './matmulShader.ts';
import { matrixShader } from './matrixShader.ts';
import type { MatrixTile } from './matrixShader.ts';
import { cutProduct, tiles } from './matmulTile.ts';
import type { Tile } from './matmulTile.ts';
import type { ProductLayout, MatmulShader } from './productText.ts';
import type { Dispatch, Queue } from '../../engine/queue.ts';
import type { Matrices } from './subgroupMatrix.ts';
import type { Tuner } from '../../engine/tuner/tuner.ts';

type ProductArray = 'a' | 'b' | 'bias' | 'c' | 'y';
/** Whether a, b and c are f16. */
type Halves = readonly [boolean, boolean, boolean];
type Product = Dispatch<ProductArray, keyof MatmulShader['parameters']>;

type Activation = Record<'tanh' | keyof typeof maskParameters, number>;

/** What is done to a product before it is written. */
interface Epilogue {
  readonly bias: GpuArray;
  readonly y?: GpuArray;
  readonly activation?: Activation;
}

const INACTIVE: Activation = { tanh: 0, ...maskValues({ rate: 0, keyHigh: 0, keyLow: 0 }) };

/** How products of given sizes and layout are computed: planned once, since a step has hundreds of them. */
interface Plan {
  /** The tuner's name for such products. */
  readonly kind: string;
  readonly ways: readonly number[];
  /** Number of parts of the sum over k, which are added afterwards; 1 if the product is written directly. */
  readonly splits: number;
  readonly splitDepth: number;
  /** By the index of the tile, created at first use. */
  readonly byTile: (Product | undefined)[];
  readonly layout: ProductLayout;
}

const fours = (...numbers: readonly number[]): boolean => numbers.every((number) => number % 4 === 0);

/** A product this narrow would leave most of a matrix tile idle. */
const NARROW = 16;

/** Each product uses the shader variant for its layout. Small, deep ones are split into parts that a second pass adds; f16 ones use matrix units if available. */
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
  const productBy = (tile: Tile | MatrixTile, layout: ProductLayout): Product => {
    if ('perThread' in tile) return known('plain', tile, layout, () => matmulShader({ tile, ...layout }));
    return known('matrices', tile, layout, () => matrixShader(layout, tile, (matrices as Matrices).unit));
  };

  const combine = eachElement(queue, {
    label: 'matmul',
    inputs: { parts: 'f32' },
    outputs: { c: 'real' },
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

  /** The tile of a way: first the plain ones, then those of matrix units. */
  const allTiles: readonly (Tile | MatrixTile)[] = [...tiles, ...(matrices?.tiles ?? [])];
  /** The ways to compute a product by matrix units, the preferred one first; none if they do not compute it. */
  const matrixWays = (types: readonly string[], narrower: number, side: number): number[] => {
    if (!matrices || narrower <= NARROW || (matrices.unit.operand === 'f16' && !types.slice(0, 2).includes('f16')))
      return [];
    const preferred = matrices.tiles.find((one) => one.side <= side) ?? matrices.tiles[matrices.tiles.length - 1];
    return [preferred, ...matrices.tiles.filter((one) => one !== preferred)].map((one) => allTiles.indexOf(one));
  };
  /** Whether plain tiles give the same bits as matrix units: then the tuner chooses between both. */
  const interchangeable = (types: readonly string[]): boolean =>
    matrices?.sameBits === true && types.slice(0, 2).every((type) => type === matrices.unit.operand);
  const makePlan = (p: KernelParameters<'matmul'>, halves: Halves, epilogue: ProductLayout['epilogue']): Plan => {
    const { m, n, k } = p;
    const products = p.outer * p.inner;
    const cut = cutProduct(m, n, k, products);
    const splits = epilogue === 'none' ? cut.splits : 1;
    const transposeA = p.transposeA !== 0;
    const transposeB = p.transposeB !== 0;
    const layout = {
      transposeA,
      transposeB,
      vectorA: fours(p.aRow, p.aOuter, p.aInner, transposeA ? m : k),
      vectorB: fours(p.bRow, p.bOuter, p.bInner, transposeB ? k : n),
      vectorC: splits > 1 ? fours(n) : fours(p.cRow, p.cOuter, p.cInner, n),
      epilogue,
    } as const;
    const extents = [m, n, k, products].map((extent) => Math.round(2 * Math.log2(extent || 1)));
    const types = halves.map((half) => (half ? 'f16' : 'f32'));
    const { side } = tiles[cut.ways[0]];
    const ways = matrixWays(types, Math.min(m, n), side);
    return {
      kind: [...extents, ...types, ...Object.values(layout).map(String), ...(ways.length > 0 ? ['matrices'] : [])].join(
        ' ',
      ),
      ways: ways.length === 0 || interchangeable(types) ? [...ways, ...cut.ways] : ways,
      splits,
      splitDepth: splits > 1 ? cut.splitDepth : Math.max(1, k),
      byTile: [],
      layout,
    };
  };
  const plans = new Map<string, Plan>();
  const planOf = (p: KernelParameters<'matmul'>, halves: Halves, epilogue: ProductLayout['epilogue']): Plan => {
    const strides =
      Number(fours(p.aRow, p.aOuter, p.aInner)) +
      2 * Number(fours(p.bRow, p.bOuter, p.bInner)) +
      4 * Number(fours(p.cRow, p.cOuter, p.cInner));
    const types = Number(halves[0]) + 2 * Number(halves[1]) + 4 * Number(halves[2]);
    const key = `${p.m} ${p.n} ${p.k} ${p.outer * p.inner} ${p.transposeA} ${p.transposeB} ${strides} ${types} ${epilogue}`;
    const known = plans.get(key);
    if (known) return known;
    const plan = makePlan(p, halves, epilogue);
    plans.set(key, plan);
    return plan;
  };

  const multiply = (
    a: GpuArray,
    b: GpuArray,
    c: GpuArray,
    p: KernelParameters<'matmul'>,
    epilogue?: Epilogue,
  ): void => {
    const products = p.outer * p.inner;
    const size = products * p.m * p.n;
    if (size === 0) return;
    const halves = [a.type === 'f16', b.type === 'f16', c.type === 'f16'] as const;
    const plan = planOf(p, halves, epilogue ? (epilogue.y ? 'gelu' : 'bias') : 'none');
    const split = plan.splits > 1;
    const target = split ? queue.workspace(plan.splits * size)[0] : c;
    const arrays = { a, b, c: target, bias: epilogue?.bias, y: epilogue?.y } as Record<ProductArray, GpuArray>;
    const { tanh, threshold, factor, keyHigh, keyLow } = epilogue?.activation ?? INACTIVE;
    const compute = (make: Product, { side }: { readonly side: number }): void => {
      const tilesDown = Math.ceil(p.m / side);
      const tilesAcross = Math.ceil(p.n / side);
      // Listed one by one: spreading objects took a third of the host's time of a step.
      const parameters = {
        m: p.m,
        n: p.n,
        k: p.k,
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
      size * p.k,
      (way) => compute(by(way), allTiles[way]),
      (way) => by(way).ready(arrays),
    );
    if (split) combine({ parts: target, c }, size, { ...p, splits: plan.splits });
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
