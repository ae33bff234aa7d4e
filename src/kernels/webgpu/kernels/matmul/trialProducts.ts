import type { KernelParameters } from '../../../contract.ts';

/** A product of a trial. */
export interface TrialProduct {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: 0 | 1;
  readonly transposeB: 0 | 1;
}

/** Every kind of product in a step: forward, input gradients, split weight gradients; with full tiles and with edges. */
export const trialProducts: readonly TrialProduct[] = [
  { m: 64, n: 128, k: 96, transposeA: 0, transposeB: 1 },
  { m: 68, n: 36, k: 72, transposeA: 0, transposeB: 0 },
  { m: 40, n: 52, k: 1100, transposeA: 1, transposeB: 0 },
  { m: 35, n: 90, k: 33, transposeA: 0, transposeB: 1 }, // not multiples of four, as with a vocabulary of 30522
];

/** The same without edges, which operands may come to straight from their arrays. */
export const wholeProducts: readonly TrialProduct[] = [
  { m: 128, n: 128, k: 96, transposeA: 0, transposeB: 1 },
  { m: 128, n: 128, k: 64, transposeA: 0, transposeB: 0 },
  { m: 128, n: 128, k: 1056, transposeA: 1, transposeB: 0 },
];

/** Small multiples of 1/8: sums of their products are exact in f32 in any order, but not in f16. */
export const eighths = (size: number, step: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => (((i * step) % 31) - 15) / 8);

export function parametersOf({ m, n, k, transposeA, transposeB }: TrialProduct): KernelParameters<'matmul'> {
  const rows = { aRow: transposeA ? m : k, bRow: transposeB ? k : n, cRow: n };
  const one = { outer: 1, inner: 1, aOuter: 0, aInner: 0, bOuter: 0, bInner: 0, cOuter: 0, cInner: 0 };
  return { m, n, k, transposeA, transposeB, ...rows, ...one, scale: 1 };
}
