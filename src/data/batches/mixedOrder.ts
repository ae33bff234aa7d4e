import { beginsOf } from './joinedSequences.ts';
import { permutation } from './permutation.ts';
import { turns } from './turns.ts';

/** The number of the sequence at a place. */
export type Order = (place: number) => number;

/** Places after which turns repeat: shares are kept to a part in as many. */
const PERIOD = 1 << 14;

/**
 * The order in which sequences of several texts are drawn, without end: by their weights, and in each text all once an epoch of its
 * own, in a new order each time. A pure function of (seed, place), in constant memory.
 * @param counts sequences of each
 * @returns the number of the sequence at a place, those of a text counted behind those of the one before it
 */
export function mixedOrder(counts: readonly number[], weights: readonly number[], seed: number): Order {
  const begins = beginsOf(counts);
  const quotas = counts.map(() => 0);
  const parts = new Uint16Array(PERIOD);
  const ranks = new Uint16Array(PERIOD);
  let at = 0;
  for (const part of turns(weights)) {
    if (at === PERIOD) break;
    parts[at] = part;
    ranks[at++] = quotas[part]++;
  }
  const orders = counts.map((count, part) => lastUsed((epoch) => permutation(`${seed}/order/${part}/${epoch}`, count)));
  return (place) => {
    const within = place % PERIOD;
    const part = parts[within];
    const drawn = Math.floor(place / PERIOD) * quotas[part] + ranks[within];
    const epoch = Math.floor(drawn / counts[part]);
    return begins[part] + orders[part](epoch)(drawn % counts[part]);
  };
}

/** Remembers the value for the last key. */
function lastUsed<T>(make: (key: number) => T): (key: number) => T {
  let last: { key: number; value: T } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}
