import { BertrandError } from '../../../error.ts';
import { alphabetOf } from './alphabet.ts';
import { PairTable } from './pairTable.ts';
import { CONTINUATION, SPECIAL_TOKENS } from '../specialTokens.ts';

export interface WordPieceOptions {
  readonly vocabSize: number;
  /** A pair that occurs less often is not merged. */
  readonly minFrequency?: number;
  /** Most characters that get tokens; words with others are encoded as [UNK]. `auto`: as many as `alphabetOf` finds enough. */
  readonly limitAlphabet?: number | 'auto';
}

/**
 * A WordPiece vocabulary as Hugging Face's trainer builds it: special tokens, characters, then repeatedly the most
 * frequent pair of neighbouring pieces joined into one. Deterministic: ties go to the pair of older tokens.
 * The vocabulary is smaller than requested if the corpus has no more pairs.
 */
export function trainWordPiece(
  wordCounts: ReadonlyMap<string, number>,
  { vocabSize, minFrequency = 2, limitAlphabet = 'auto' }: WordPieceOptions,
  onProgress: (tokens: number) => void = () => {},
): string[] {
  // Sorted, so that the order of the corpus does not matter.
  const counted = [...wordCounts].toSorted((a, b) => (a[0] < b[0] ? -1 : 1));
  const alphabet = alphabetOf(counted, { limit: limitAlphabet, room: vocabSize - SPECIAL_TOKENS.length });
  const known = new Set(alphabet);
  const usable = counted.filter(([word]) => Array.from(word).every((character) => known.has(character)));

  const continuations = new Set(usable.flatMap(([word]) => Array.from(word).slice(1)));
  const tokens: string[] = [
    ...SPECIAL_TOKENS,
    ...alphabet,
    ...alphabet.filter((character) => continuations.has(character)).map((character) => CONTINUATION + character),
  ];
  if (tokens.length > vocabSize)
    throw new BertrandError(
      `vocabSize ${vocabSize} cannot hold the special tokens and the corpus's characters: it takes at least ${tokens.length}; ` +
        `raise it, or set limitAlphabet to leave out the rarest of the ${alphabet.length} characters`,
    );
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const counts = usable.map(([, count]) => count);
  const words = usable.map(([word]) =>
    Array.from(word).map((character, index) => idOf.get(index === 0 ? character : CONTINUATION + character)!),
  );

  const pairs = new PairTable();
  for (const [w, word] of words.entries())
    for (let i = 1; i < word.length; i++) pairs.add(word[i - 1], word[i], counts[w], w);

  while (tokens.length < vocabSize) {
    const best = pairs.takeBest(Math.max(1, minFrequency));
    if (!best) break;
    const token = tokens[best.left] + tokens[best.right].slice(CONTINUATION.length);
    let id = idOf.get(token); // two ways to spell a token share its id
    if (id === undefined) {
      id = tokens.push(token) - 1;
      idOf.set(token, id);
      onProgress(tokens.length);
    }
    for (const w of best.words)
      merge(words[w], best.left, best.right, id, (left, right, sign) => pairs.add(left, right, sign * counts[w], w));
  }
  return tokens;
}

/** Joins each (left, right) in `word` into `id` and reports which neighbourhoods ended (-1) and began (+1). */
function merge(
  word: number[],
  left: number,
  right: number,
  id: number,
  report: (left: number, right: number, sign: 1 | -1) => void,
): void {
  for (let i = 0; i + 1 < word.length; i++) {
    if (word[i] !== left || word[i + 1] !== right) continue;
    if (i > 0) {
      report(word[i - 1], left, -1);
      report(word[i - 1], id, 1);
    }
    if (i + 2 < word.length) {
      report(right, word[i + 2], -1);
      report(id, word[i + 2], 1);
    }
    word.splice(i, 2, id);
  }
}
