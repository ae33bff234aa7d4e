import type { TextPiece } from '../corpus/textPiece.ts';
import { chunksOf, LONGEST_KEPT_CHUNK } from './chunks.ts';

/** A longer word is encoded as [UNK], so it has no say in the vocabulary. */
export const LONGEST_WORD = 100;

/**
 * How often each word occurs. Memory is bounded: past `limit` distinct words the rarest are forgotten, which changes
 * no count that matters to a vocabulary much smaller than `limit`.
 */
export async function countWords(
  pieces: AsyncIterable<TextPiece>,
  wordsOf: (text: string) => string[],
  limit = 1 << 21,
): Promise<Map<string, number>> {
  let words = new Map<string, number>();
  const chunks = new Map<string, number>();
  let floor = 1;
  const add = (chunk: string, count: number): void => {
    for (const word of wordsOf(chunk))
      if (word.length <= LONGEST_WORD * 2) words.set(word, (words.get(word) ?? 0) + count);
  };
  const flush = (): void => {
    for (const [chunk, count] of chunks) add(chunk, count);
    chunks.clear();
    for (; words.size > limit; floor++) words = new Map([...words].filter(([, count]) => count > floor));
  };
  for await (const { text } of pieces) {
    for (const chunk of chunksOf(text)) {
      if (chunk.length > LONGEST_KEPT_CHUNK) add(chunk, 1);
      else chunks.set(chunk, (chunks.get(chunk) ?? 0) + 1);
    }
    if (chunks.size > 1 << 19 || words.size > limit) flush();
  }
  flush();
  return words;
}
