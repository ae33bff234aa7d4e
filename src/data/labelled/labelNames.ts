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
        `${where}: found the label ${JSON.stringify(label)}; expected ${shown([...names.keys()])}`,
        { advice: 'correct it, or add it to the training data' },
      );
    return id;
  });
}

const MOST_SHOWN = 12;
const shown = (names: readonly string[]): string =>
  `one of ${names.slice(0, MOST_SHOWN).join(', ')}${names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : ''}`;
