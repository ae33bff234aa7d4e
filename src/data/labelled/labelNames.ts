import { BertrandError } from '../../error.ts';
import type { Example } from './example.ts';

/** The labels of examples, each once, in order: numbers by size, otherwise by their characters. */
export function labelNames(examples: readonly Example[]): string[] {
  const names = [...new Set(examples.flatMap(({ labels }) => labels ?? []))];
  const numbers = names.every((name) => /^-?\d+$/.test(name));
  return numbers ? names.toSorted((a, b) => Number(a) - Number(b)) : names.toSorted();
}

/** The numbers of an example's labels. Throws a BertrandError that says where one is that is none of the names. */
export function labelIds({ labels, where }: Example, names: ReadonlyMap<string, number>): number[] {
  return (labels ?? []).map((label) => {
    const id = names.get(label);
    if (id === undefined)
      throw new BertrandError(
        `${where}: found the label ${JSON.stringify(label)}; expected one of ${listed([...names.keys()])}`,
        { advice: 'correct it, or add it to the training data' },
      );
    return id;
  });
}

const MOST_LISTED = 12;

/** The names in a line, those beyond the first dozen as a number. */
export const listed = (names: readonly string[]): string =>
  names.slice(0, MOST_LISTED).join(', ') +
  (names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : '');
