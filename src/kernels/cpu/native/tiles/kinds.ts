/**
 * Results that are in registers at once: rows times vectors. Together with the vectors of b and one of a they must fit the
 * registers, of which AVX-512 has 32 and AVX2 16, and be enough to hide the latency of multiply-adds: two a cycle, four cycles each.
 */
export interface Tile {
  readonly bits: 256 | 512;
  readonly rows: number;
  readonly vectors: number;
  /** Whether packed operands are pairs of bf16, consecutive over k, in the place of floats. */
  readonly pairs: boolean;
  /** Whether AMX multiplies, which has registers of its own. */
  readonly amx?: boolean;
  /** Whether the pairs are of floats' three parts (packing/splitting.ts). */
  readonly split?: boolean;
}
export const tiles: Readonly<Record<256 | 512 | 'bf16' | 'amx' | 'split', Tile>> = {
  512: { bits: 512, rows: 12, vectors: 2, pairs: false },
  256: { bits: 256, rows: 4, vectors: 3, pairs: false },
  bf16: { bits: 512, rows: 12, vectors: 2, pairs: true },
  amx: { bits: 512, rows: 32, vectors: 2, pairs: true, amx: true },
  split: { bits: 512, rows: 32, vectors: 2, pairs: true, amx: true, split: true },
};
export const columnsOf = ({ bits, vectors }: Tile): number => (vectors * bits) / 32;
