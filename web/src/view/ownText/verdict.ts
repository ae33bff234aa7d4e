import { count, plural } from '../format.ts';

/** Words with which a first look is worth while, and from which a small model learns well. */
const [FEW, MANY] = [400, 50_000];

/** What can be expected of a text of so many words. */
export function verdict(words: number): string {
  if (words === 0) return 'Nothing yet. A book is good; a page is too little.';
  const all = plural(words, 'word');
  if (words < FEW) return `${all}: too few to learn from. A first look takes some ${count(FEW)}.`;
  if (words < MANY) return `${all}: enough for a first look; ${count(MANY)} learn well.`;
  return `${all}: enough to learn well.`;
}
