import seedrandom from 'seedrandom';
import { HASH_RANGE } from '../../kernels/random.ts';
import type { RandomKey } from '../../kernels/random.ts';

/** The key of a path such as `42/dropout/TF.0.Dropout1/17`: the same path gives the same key everywhere. */
export function randomKey(path: string): RandomKey {
  const random = seedrandom(path);
  const draw = (): number => Math.floor(random.quick() * HASH_RANGE);
  return { keyHigh: draw(), keyLow: draw() };
}
