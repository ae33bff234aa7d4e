/** As many characters get tokens as Hugging Face's trainer gives by default. */
const LEAST = 1000;
/** Share of a text's characters that the alphabet may lack: SentencePiece covers 99.95 % (Kudo and Richardson 2018). */
const UNCOVERED = 0.0005;

interface Limits {
  /** Most characters; `auto`: 1000, or as many more as 99.95 % of the text takes and the vocabulary has room for. */
  readonly limit: number | 'auto';
  /** Tokens that the vocabulary has for characters: one for each, and another for those that stand within words. */
  readonly room: number;
}

/**
 * The characters that occur most often (ties: the lower code point), in the order of their code points.
 * @param words each with how often it occurs
 */
export function alphabetOf(words: Iterable<[string, number]>, { limit, room }: Limits): string[] {
  const counts = new Map<string, number>();
  const within = new Set<string>();
  for (const [word, count] of words)
    for (const [i, character] of Array.from(word).entries()) {
      counts.set(character, (counts.get(character) ?? 0) + count);
      if (i > 0) within.add(character);
    }
  const codePoint = (character: string): number => character.codePointAt(0)!;
  const byFrequency = [...counts].toSorted((a, b) => b[1] - a[1] || codePoint(a[0]) - codePoint(b[0]));
  const size = limit === 'auto' ? enough(byFrequency, (character) => (within.has(character) ? 2 : 1), room) : limit;
  return byFrequency
    .slice(0, size)
    .map(([character]) => character)
    .toSorted((a, b) => codePoint(a) - codePoint(b));
}

/** How many of the characters cover the text, but for those for which there is no room; with one goes every other of its frequency. */
function enough(
  byFrequency: readonly [character: string, count: number][],
  tokensOf: (character: string) => number,
  room: number,
): number {
  const total = byFrequency.reduce((sum, [, count]) => sum + count, 0);
  let left = total;
  let tokens = 0;
  for (const [taken, [character, count]] of byFrequency.entries()) {
    tokens += tokensOf(character);
    if (taken >= LEAST && (tokens > room || (left <= UNCOVERED * total && count < byFrequency[taken - 1][1])))
      return taken;
    left -= count;
  }
  return byFrequency.length;
}
