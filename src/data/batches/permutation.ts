import seedrandom from 'seedrandom';

const ROUNDS = 8;

/**
 * A permutation of 0 ... size - 1 as a pure function of `key`, in constant memory: a Feistel network over the next
 * power of four, walked until it falls below `size` (Black and Rogaway 2002).
 */
export function permutation(key: string, size: number): (index: number) => number {
  let half = 1; // bits
  while (4 ** half < size) half++;
  const base = 2 ** half;
  const random = seedrandom(key);
  const keys = Array.from({ length: ROUNDS }, () => random.int32());
  const shuffle = (value: number): number => {
    let high = Math.floor(value / base);
    let low = value % base;
    for (const roundKey of keys) [high, low] = [low, (high ^ mix(low, roundKey)) & (base - 1)];
    return high * base + low;
  };
  return (index) => {
    let value = shuffle(index);
    while (value >= size) value = shuffle(value);
    return value;
  };
}

/** Mixes 32 bits until each depends on all. */
function mix(value: number, key: number): number {
  let bits = Math.imul(value ^ key, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca77);
  return bits ^ (bits >>> 13);
}
