import type { TokenSequences } from './tokenSequences.ts';
import { turns } from './turns.ts';

/** The sequences of several texts as those of one: a text's behind those of the one before it. */
export function joinedSequences(parts: readonly TokenSequences[]): TokenSequences {
  if (parts.length === 1) return parts[0];
  const begins = beginsOf(parts.map(({ count }) => count));
  const find = (index: number): readonly [part: TokenSequences, at: number] => {
    const part = begins.findLastIndex((begin) => begin <= index);
    return [parts[part], index - begins[part]];
  };
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
    length: parts[0].length,
    sizeOf(index) {
      const [part, at] = find(index);
      return part.sizeOf(at);
    },
    at(index) {
      const [part, at] = find(index);
      return part.at(at);
    },
  };
}

/** The same in an order in which each text has its share of any stretch, as long as it lasts. */
export function interleaved(parts: readonly TokenSequences[], shares: readonly number[]): TokenSequences {
  const some = parts.filter(({ count }) => count > 0);
  if (some.length < 2) return some[0] ?? parts[0];
  const sequences = joinedSequences(parts);
  const counts = parts.map(({ count }) => count);
  const next = beginsOf(counts);
  const order = Int32Array.from(turns(shares, counts), (part) => next[part]++);
  return {
    ...sequences,
    sizeOf: (index) => sequences.sizeOf(order[index]),
    at: (index) => sequences.at(order[index]),
  };
}

/** Where each part begins if one follows the other. */
export function beginsOf(counts: readonly number[]): number[] {
  let end = 0;
  return counts.map((count) => (end += count) - count);
}
