/**
 * A workgroup's part of a product: side x side of c, of which each invocation holds perThread x perThread in registers.
 * Both operands pass through workgroup memory `depth` terms at a time; half of the invocations read a 4 x 4 block of a
 * each, the other half one of b.
 */
export interface Tile {
  readonly side: number;
  readonly perThread: 4 | 8;
  readonly depth: number;
}

/** Largest first. All fit WebGPU's minimum limits: 256 invocations, 16 KiB of workgroup memory. */
export const tiles: readonly Tile[] = [
  { side: 128, perThread: 8, depth: 16 },
  { side: 64, perThread: 4, depth: 32 },
  { side: 32, perThread: 4, depth: 16 },
];

/** Parts of a split sum begin at multiples of it. */
export const DEEPEST = Math.max(...tiles.map(({ depth }) => depth));
/** Workgroups that keep a large GPU busy. Halves are multiplied fast beside the passes over the parts of a split sum: it takes fewer. */
const ENOUGH = { f32: 128, f16: 96 };
const SPLIT_DEPTH = 512; // minimum terms that justify a separate workgroup
const PARTIAL_LIMIT = 2 ** 24; // maximum floats of partial products

/** How a product is cut. The split of the sum depends on sizes and types alone, so that results do too; the tile affects only speed. */
export interface ProductCut {
  /** Indices of suitable `tiles`, the preferred one first. */
  readonly ways: readonly number[];
  /** Number of parts of the sum over k, each computed by separate workgroups. */
  readonly splits: number;
  readonly splitDepth: number;
}

/** @param operands the type of both */
export function cutProduct(
  m: number,
  n: number,
  k: number,
  products: number,
  operands: 'f32' | 'f16' = 'f32',
): ProductCut {
  const enough = ENOUGH[operands];
  const most = Math.max(1, Math.min(Math.floor(k / SPLIT_DEPTH), Math.floor(PARTIAL_LIMIT / (m * n * products))));
  const groups = ({ side }: Tile): number => Math.ceil(m / side) * Math.ceil(n / side) * products;
  const smallest = tiles[tiles.length - 1];
  const tile = tiles.find((t) => Math.min(m, n) > t.side / 2 && groups(t) * most >= enough) ?? smallest;
  const wanted = Math.min(most, Math.ceil(enough / groups(tile)));
  const splitDepth = Math.ceil(k / wanted / DEEPEST) * DEEPEST;
  const others = tiles.filter((t) => t !== tile && (t === smallest || Math.min(m, n) > t.side / 2));
  return {
    ways: [tile, ...others].map((t) => tiles.indexOf(t)),
    splits: Math.max(1, Math.ceil(k / splitDepth)),
    splitDepth,
  };
}
