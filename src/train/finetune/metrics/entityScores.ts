import { entitiesOf } from '../../../data/labelled/iob2.ts';
import { scores } from './confusion.ts';
import type { LabelScores } from './confusion.ts';

/** How well entities are found: one counts only with both of its ends and its type right. */
export interface EntityScores extends LabelScores {
  readonly types: Readonly<Record<string, LabelScores>>;
}

/**
 * @param right the right tags of each text's words
 * @param given those that were given instead
 */
export function entityScores(
  right: readonly (readonly string[])[],
  given: readonly (readonly string[])[],
): EntityScores {
  const counts = new Map<string, { hits: number; found: number; support: number }>();
  const of = (type: string): { hits: number; found: number; support: number } => {
    const count = counts.get(type) ?? { hits: 0, found: 0, support: 0 };
    counts.set(type, count);
    return count;
  };
  for (const [i, tags] of right.entries()) {
    const wanted = entitiesOf(tags);
    const keys = new Set(wanted.map(({ type, begin, end }) => `${begin} ${end} ${type}`));
    for (const { type } of wanted) of(type).support += 1;
    for (const { type, begin, end } of entitiesOf(given[i])) {
      of(type).found += 1;
      if (keys.has(`${begin} ${end} ${type}`)) of(type).hits += 1;
    }
  }
  const all = [...counts.values()];
  const total = (key: 'hits' | 'found' | 'support'): number => all.reduce((sum, count) => sum + count[key], 0);
  const types = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...scores(total('hits'), total('found'), total('support')),
    types: Object.fromEntries(types.map(([type, { hits, found, support }]) => [type, scores(hits, found, support)])),
  };
}
