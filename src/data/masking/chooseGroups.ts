import type { MaskingOptions } from '../dataOptions.ts';

/** Stretches of a sequence that are chosen whole or not at all: group i is the places from starts[i] to before ends[i]. */
export interface Groups {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Chooses groups by their numbers. `bernoulli`: each by a draw of its own. `exact`: in random
 * order, passing over those that do not fit, up to max(1, round(probability * places)) places.
 * With `force` the first in random order is taken if there would be none.
 */
export function chooseGroups(
  groups: Groups,
  { probability, choice }: MaskingOptions,
  random: () => number,
  force: boolean,
): number[] {
  const count = groups.starts.length;
  const chosen = choice === 'bernoulli' ? bernoulli(count, probability, random) : exact(groups, probability, random);
  if (chosen.length === 0 && force && count > 0) chosen.push(Math.floor(random() * count));
  return chosen;
}

function bernoulli(count: number, probability: number, random: () => number): number[] {
  const chosen: number[] = [];
  for (let i = 0; i < count; i++) if (random() < probability) chosen.push(i);
  return chosen;
}

function exact({ starts, ends }: Groups, probability: number, random: () => number): number[] {
  const chosen: number[] = [];
  if (probability === 0) return chosen;
  const places = starts.reduce((sum, start, i) => sum + ends[i] - start, 0);
  const shuffled = Int32Array.from(starts.keys());
  let left = Math.max(1, Math.round(probability * places));
  for (let i = 0; i < shuffled.length && left > 0; i++) {
    const other = i + Math.floor(random() * (shuffled.length - i));
    const group = shuffled[other];
    shuffled[other] = shuffled[i];
    const size = ends[group] - starts[group];
    if (size > left) continue;
    chosen.push(group);
    left -= size;
  }
  return chosen;
}
