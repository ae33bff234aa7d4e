import type { KernelParameters } from '../../../contract.ts';
import type { Joined, Product } from './product.ts';
import { alignmentOf } from './matrixTile.ts';
import type { MatrixTile } from './matrixTile.ts';
import { cutProduct, DEEPEST, tiles } from './matmulTile.ts';
import type { Tile } from './matmulTile.ts';
import type { Operand, ProductLayout } from './productText.ts';
import type { Matrices } from './subgroupMatrix.ts';

/** Whether a, b and c are f16. */
type Halves = readonly [boolean, boolean, boolean];

/** How products of given sizes and layout are computed: planned once, since a step has hundreds of them. */
export interface Plan {
  /** The tuner's name for such products. */
  readonly kind: string;
  readonly ways: readonly number[];
  /** Of a sum, zeros between joined matrices included. */
  readonly terms: number;
  /** Those of one of the joined matrices, with the zeros after it, so that no block of terms is of two. */
  readonly depthOfOne: number;
  /** Number of parts of the sum, which are added afterwards; 1 if the product is written directly. */
  readonly splits: number;
  readonly splitDepth: number;
  /** By the index of the tile, created at first use. */
  readonly byTile: (Product | undefined)[];
  readonly layout: ProductLayout;
  /** The operands that straight tiles load from their arrays. */
  readonly straight: readonly Operand[];
}

const multiples = (of: number, ...numbers: readonly number[]): boolean => numbers.every((number) => number % of === 0);
const fours = (...numbers: readonly number[]): boolean => multiples(4, ...numbers);

/** A product this narrow would leave most of a matrix tile idle. */
const NARROW = 16;

/** The tile of each way to compute a product: first the plain ones, then those of matrix units. */
export const waysWith = (matrices: Matrices | undefined): readonly (Tile | MatrixTile)[] => [
  ...tiles,
  ...(matrices?.tiles ?? []),
];

/** The ways to compute a product by matrix units, the preferred one first; none if they do not compute it. */
function matrixWays(
  matrices: Matrices | undefined,
  types: readonly string[],
  { m, n }: Pick<KernelParameters<'matmul'>, 'm' | 'n'>,
  side: number,
  straight: readonly Operand[],
): number[] {
  if (!matrices || Math.min(m, n) <= NARROW || (matrices.unit.operand === 'f16' && !types.slice(0, 2).includes('f16')))
    return [];
  const tiles = matrices.tiles.filter((one) => !one.straight || (straight.length > 0 && multiples(one.side, m, n)));
  const smallest = tiles.toSorted((a, b) => a.side - b.side).slice(0, 1);
  const [preferred] = [...tiles.filter((one) => one.side <= side), ...smallest];
  if (!preferred) return [];
  const ways = waysWith(matrices);
  return [preferred, ...tiles.filter((one) => one !== preferred)].map((one) => ways.indexOf(one));
}

/**
 * The operands that matrix units may load from their arrays: they have the unit's type, every line of a matrix is where Vulkan wants it, and
 * the terms have no edge. Sums of a's rows are computed on the way to workgroup memory.
 */
function straightOperands(
  matrices: Matrices | undefined,
  p: KernelParameters<'matmul'>,
  types: readonly string[],
  sums: boolean,
  joined: Joined | undefined,
): Operand[] {
  if (!matrices || p.k % DEEPEST !== 0) return [];
  const { operand } = matrices.unit;
  const aligned = {
    a: !sums && types[0] === operand && multiples(alignmentOf(operand), p.aRow, p.aOuter, p.aInner, joined?.aStep ?? 0),
    b: types[1] === operand && multiples(alignmentOf(operand), p.bRow, p.bOuter, p.bInner, joined?.bStep ?? 0),
  };
  return (['a', 'b'] as const).filter((array) => aligned[array]);
}

/** Whether plain tiles give the same bits as matrix units: then the tuner chooses between both. */
const interchangeable = (matrices: Matrices | undefined, types: readonly string[]): boolean =>
  matrices?.sameBits === true && types.slice(0, 2).every((type) => type === matrices.unit.operand);

type PlanOf = (
  p: KernelParameters<'matmul'>,
  halves: Halves,
  epilogue: ProductLayout['epilogue'],
  sums: boolean,
  joined: Joined | undefined,
) => Plan;

/** Batches may have ever new sizes. */
const MOST_PLANS = 4096;

/** Plans products, or remembers the plan of one like it. */
export function planner(matrices?: Matrices): PlanOf {
  const plans = new Map<string, Plan>();
  return (p, halves, epilogue, sums, joined) => {
    const strides = [4, 8]
      .flatMap((of) => [
        multiples(of, p.aRow, p.aOuter, p.aInner, joined?.aStep ?? 0),
        multiples(of, p.bRow, p.bOuter, p.bInner, joined?.bStep ?? 0),
        multiples(of, p.cRow, p.cOuter, p.cInner),
      ])
      .map(Number)
      .join('');
    const types = Number(halves[0]) + 2 * Number(halves[1]) + 4 * Number(halves[2]);
    const key = `${p.m} ${p.n} ${p.k} ${p.outer * p.inner} ${p.transposeA} ${p.transposeB} ${strides} ${types} ${epilogue} ${sums} ${joined?.count ?? 0}`;
    const known = plans.get(key);
    if (known) return known;
    if (plans.size >= MOST_PLANS) plans.clear();
    const plan = planOf(p, halves, epilogue, sums, joined, matrices);
    plans.set(key, plan);
    return plan;
  };
}

function planOf(
  p: KernelParameters<'matmul'>,
  halves: Halves,
  epilogue: ProductLayout['epilogue'],
  sums: boolean,
  joined: Joined | undefined,
  matrices: Matrices | undefined,
): Plan {
  const { m, n, k } = p;
  const products = p.outer * p.inner;
  const depthOfOne = joined ? Math.ceil(k / DEEPEST) * DEEPEST : k;
  const terms = depthOfOne * (joined?.count ?? 1);
  const cut = cutProduct(m, n, terms, products, halves[0] && halves[1] ? 'f16' : 'f32');
  const splits = epilogue === 'none' || epilogue === 'add' ? cut.splits : 1;
  const transposeA = p.transposeA !== 0;
  const transposeB = p.transposeB !== 0;
  const layout = {
    transposeA,
    transposeB,
    vectorA: fours(p.aRow, p.aOuter, p.aInner, transposeA ? m : k, joined?.aStep ?? 0),
    vectorB: fours(p.bRow, p.bOuter, p.bInner, transposeB ? k : n, joined?.bStep ?? 0),
    vectorC: splits > 1 ? fours(n) : fours(p.cRow, p.cOuter, p.cInner, n),
    epilogue: splits > 1 ? 'none' : epilogue, // what is left is done when the parts are added
    sums,
    joined: joined !== undefined,
  } as const;
  const extents = [m, n, terms, products].map((extent) => Math.round(2 * Math.log2(extent || 1)));
  const types = halves.map((half) => (half ? 'f16' : 'f32'));
  const { side } = tiles[cut.ways[0]];
  const straight = straightOperands(matrices, p, types, sums, joined);
  const ways = matrixWays(matrices, types, p, side, straight);
  // Sizes decide which ways there are: a choice holds where there are the same.
  const matrixKind = ways.length > 0 ? [`matrices ${ways.length} ${straight.join('')}`] : [];
  return {
    kind: [...extents, ...types, ...Object.values(layout).map(String), ...matrixKind].join(' '),
    ways: ways.length === 0 || interchangeable(matrices, types) ? [...ways, ...cut.ways] : ways,
    terms,
    depthOfOne: Math.max(1, depthOfOne),
    splits,
    splitDepth: splits > 1 ? cut.splitDepth : Math.max(1, terms),
    byTile: [],
    layout,
    straight,
  };
}
