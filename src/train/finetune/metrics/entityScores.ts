import { entitiesOf } from '../../../data/labelled/iob2.ts';
import { scores } from './confusion.ts';
import type { LabelScores } from './confusion.ts';

/** How well entities are found: one counts only with both of its ends and its type right. */
export interface EntityScores extends LabelScores {
  readonly types: Readonly<Record<string, LabelScores>>;
}

interface Count {
  hits: number;
  found: number;
  support: number;
}

/** Counts entities text by text. */
export class EntityCounts {
  readonly #counts = new Map<string, Count>();

  /**
   * @param right the right tags of a text's words
   * @param given those that were given instead
   */
  add(right: readonly string[], given: readonly string[]): void {
    const wanted = entitiesOf(right);
    const keys = new Set(wanted.map(({ type, begin, end }) => `${begin} ${end} ${type}`));
    for (const { type } of wanted) this.#of(type).support += 1;
    for (const { type, begin, end } of entitiesOf(given)) {
      this.#of(type).found += 1;
      if (keys.has(`${begin} ${end} ${type}`)) this.#of(type).hits += 1;
    }
  }

  scores(): EntityScores {
    const all = [...this.#counts.values()];
    const total = (key: keyof Count): number => all.reduce((sum, count) => sum + count[key], 0);
    const types = [...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return {
      ...scores(total('hits'), total('found'), total('support')),
      types: Object.fromEntries(types.map(([type, { hits, found, support }]) => [type, scores(hits, found, support)])),
    };
  }

  #of(type: string): Count {
    const count = this.#counts.get(type) ?? { hits: 0, found: 0, support: 0 };
    this.#counts.set(type, count);
    return count;
  }
}
