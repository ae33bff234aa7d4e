import type { MaskingOptions } from '../dataOptions.ts';

/** Parts of a sequence that are chosen as a whole or not at all: group i is the places from starts[i] to before ends[i]. */
export interface Groups {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Chooses groups by their numbers. `bernoulli`: each by a draw of its own. `exact`: in random order,
 * max(1, round(probability * places)) places; with longer groups on average, and each group with the same chance.
 * With `force` a random one is taken if there would be none.
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
  if (probability === 0) return [];
  const places = starts.reduce((sum, start, i) => sum + ends[i] - start, 0);
  const budget = Math.max(1, Math.round(probability * places));
  const order = shuffled(starts.length, places === starts.length ? budget : starts.length, random);
  if (places === starts.length) return order.slice(0, budget);
  return window(order, (group) => ends[group] - starts[group], places, budget, random);
}

/** The numbers below `count`, the first `wanted` of them drawn at random. */
function shuffled(count: number, wanted: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < Math.min(wanted, count); i++) {
    const other = i + Math.floor(random() * (count - i));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/**
 * Lays the groups in a circle and draws where a window of `budget` places begins. Each place is in it with the same
 * probability, so each group is chosen with the share of its own places that are. (Devlin et al. pass over a word that
 * does not fit, so that one longer than the budget is never learnt.)
 */
function window(
  order: readonly number[],
  sizeOf: (group: number) => number,
  places: number,
  budget: number,
  random: () => number,
): number[] {
  const begin = Math.floor(random() * places);
  const within = (from: number, to: number): number =>
    Math.max(0, Math.min(to, begin + budget) - Math.max(from, begin));
  let at = 0;
  return order.filter((group) => {
    const [from, to] = [at, (at += sizeOf(group))];
    const inside = within(from, to) + within(from + places, to + places); // the window may end past where the circle closes
    return inside === to - from || (inside > 0 && random() * (to - from) < inside);
  });
}
