// Dropout masks, drawn by the hash of random.ts (drawPart.ts).
import { drawPart } from './pairs/joined';
import { Mask } from './jobs.generated';
import { scratch } from './memory/job';
import { DRAWN, DRAWN_FLOATS, KEYS } from './memory/scratch';

/**
 * Draws the multipliers of `count` (at most DRAWN_FLOATS) elements from index `first` on: the job's factor 1 / (1 - rate), or
 * 0 where the hash is below the job's threshold.
 * @returns the address of the multipliers, valid until this thread's next draw
 */
export function draw(first: u64, count: i32): usize {
  const target = scratch() + DRAWN;
  if (Mask.threshold == 0) {
    const all = f32x4.splat(Mask.factor);
    for (let at = target, end = target + 4 * <usize>count; at < end; at += 16) v128.store(at, all);
    return target;
  }
  for (let done = 0; done < count;) {
    const part = partFrom(first, count - done);
    drawPart(scratch() + KEYS, counterOf(first), part, target + 4 * <usize>done);
    done += part;
    first += <u64>part;
  }
  return target;
}

/** Of the `count` elements from `first` on, how many have the same keys, which are stored where they are drawn from. */
export function partFrom(first: u64, count: i32): i32 {
  prepareKeys(<i32>(first >> 24));
  return min(count, 0x1000000 - counterOf(first));
}

export function counterOf(first: u64): i32 {
  return <i32>(first & 0xffffff);
}

/** Stores the keys and constants that drawPart reads. */
function prepareKeys(high: i32): void {
  const low = Mask.keyLow;
  const k0 = low & 4095;
  const k1 = low >> 12;
  const k2 = Mask.keyHigh & 4095;
  const k3 = Mask.keyHigh >> 12;
  const keys = scratch() + KEYS;
  store<i32>(keys, k0 + high);
  store<i32>(keys, k1 + 5 * high, 4);
  store<i32>(keys, k2, 8);
  store<i32>(keys, k3 + 3 * high, 12);
  store<i32>(keys, k0 + k2 + 1013, 16);
  store<i32>(keys, k1 + k3 + 2531, 20);
  store<i32>(keys, Mask.threshold, 24);
  store<f32>(keys, Mask.factor, 28);
}
