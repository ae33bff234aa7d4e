const KEYWORDS = 3;

/** Words and signs, split as a tokenizer would. */
export const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];

/** The logarithm of how many paragraphs there are for each that has a word (inverse document frequency). */
export function rarities(paragraphs: readonly (readonly string[])[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const words of paragraphs)
    for (const word of new Set(words.map((word) => word.toLowerCase()))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => Math.log(paragraphs.length / (1 + (counts.get(word.toLowerCase()) ?? 0)));
}

/** A paragraph's words, with the IOB2 tags of its keywords: those of the greatest frequency times rarity. */
export function keywordTags(
  words: readonly string[],
  rarity: (word: string) => number,
): { tokens: readonly string[]; tags: string[] } {
  const lower = words.map((word) => word.toLowerCase());
  const scores = new Map<string, number>();
  for (const word of lower) if (/^\p{L}{4,}$/u.test(word)) scores.set(word, (scores.get(word) ?? 0) + rarity(word));
  const best = [...scores].toSorted(([, a], [, b]) => b - a).slice(0, KEYWORDS);
  const chosen = new Set(best.map(([word]) => word));
  const tags = lower.map((word, i) => {
    if (!chosen.has(word)) return 'O';
    return i > 0 && chosen.has(lower[i - 1]) ? 'I-KEY' : 'B-KEY';
  });
  return { tokens: words, tags };
}
