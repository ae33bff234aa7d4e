import seedrandom from 'seedrandom';

/** One input's random numbers, all of which follow from its path: `SEED/READER/NUMBER`. */
export interface Draws {
  /** From 0 to before `count`. */
  below(count: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function drawsOf(path: string): Draws {
  const random = seedrandom(path);
  const below = (count: number): number => Math.floor(random() * count);
  return {
    below,
    chance: (probability) => random() < probability,
    pick: (items) => items[below(items.length)],
  };
}
