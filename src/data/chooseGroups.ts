import type { MaskingOptions } from './dataOptions.ts';

/**
 * Chooses groups of positions, each whole or not at all. `bernoulli`: each by a draw of its own. `exact`: in random
 * order, passing over those that do not fit, up to max(1, round(probability * positions)) positions.
 * With `force` the first in random order is taken if there would be none.
 */
export function chooseGroups(
  groups: readonly (readonly number[])[],
  { probability, choice }: MaskingOptions,
  random: () => number,
  force: boolean,
): (readonly number[])[] {
  const chosen =
    choice === 'bernoulli' ? groups.filter(() => random() < probability) : exact(groups, probability, random);
  if (chosen.length > 0 || !force || groups.length === 0) return chosen;
  return [groups[Math.floor(random() * groups.length)]];
}

function exact(
  groups: readonly (readonly number[])[],
  probability: number,
  random: () => number,
): (readonly number[])[] {
  if (probability === 0) return [];
  let left = Math.max(1, Math.round(probability * groups.flat().length));
  const shuffled = [...groups];
  const chosen: (readonly number[])[] = [];
  for (let i = 0; i < shuffled.length && left > 0; i++) {
    const other = i + Math.floor(random() * (shuffled.length - i));
    const group = shuffled[other];
    shuffled[other] = shuffled[i]!;
    if (group.length > left) continue;
    chosen.push(group);
    left -= group.length;
  }
  return chosen;
}
