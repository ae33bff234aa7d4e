/** The `limit` characters that occur most often (ties: the lower code point), in the order of their code points. */
export function alphabetOf(words: Iterable<[string, number]>, limit: number): string[] {
  const counts = new Map<string, number>();
  for (const [word, count] of words)
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count);
  const codePoint = (character: string): number => character.codePointAt(0)!;
  return [...counts]
    .toSorted((a, b) => b[1] - a[1] || codePoint(a[0]) - codePoint(b[0]))
    .slice(0, limit)
    .map(([character]) => character)
    .toSorted((a, b) => codePoint(a) - codePoint(b));
}
