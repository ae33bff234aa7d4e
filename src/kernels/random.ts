/**
 * The hash that every device draws dropout masks from: a pure function of (key, index) with the same bits everywhere.
 *
 * Six Feistel rounds over the two 12-bit halves of a 24-bit counter. No intermediate reaches 2^24, so the arithmetic is also
 * exact in float32, which is all that WebGL has. For each key the map from counter to hash is a bijection.
 */
export interface RandomKey {
  /** An integer below 2^24. */
  readonly keyHigh: number;
  /** An integer below 2^24. */
  readonly keyLow: number;
}

const HALF = 4096;
export const HASH_RANGE = HALF * HALF;

/** The six round keys (each below 4096) of `key` for indices whose bits above the lowest 24 are `high`. */
function roundKeys({ keyHigh, keyLow }: RandomKey, high: number): number[] {
  const k0 = keyLow % HALF;
  const k1 = Math.floor(keyLow / HALF);
  const k2 = keyHigh % HALF;
  const k3 = Math.floor(keyHigh / HALF);
  return [k0 + high, k1 + 5 * high, k2, k3 + 3 * high, k0 + k2 + 1013, k1 + k3 + 2531].map((k) => k % HALF);
}

/** A uniform integer below 2^24 for element `index` (below 2^36). */
export function hash(key: RandomKey, index: number): number {
  const keys = roundKeys(key, Math.floor(index / HASH_RANGE));
  const counter = index % HASH_RANGE;
  let high = Math.floor(counter / HALF);
  let low = counter % HALF;
  for (const k of keys) {
    const q = (low + k) % HALF;
    [high, low] = [low, (high + Math.floor((q * q) / 64)) % HALF];
  }
  return high * HALF + low;
}

/** Elements whose hash is below this are dropped. */
export function dropThreshold(rate: number): number {
  return Math.round(rate * HASH_RANGE);
}
