import type { TextPiece } from '../../corpus/textPiece.ts';
import { LONGEST_WORD, SPECIAL_TOKENS } from '../specialTokens.ts';
import { ChunkTable, LONGEST_KEPT_CHUNK } from './chunkTable.ts';

export interface WordCounts {
  /** How often each word of at most 100 characters occurs. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many words are longer. */
  readonly tooLong: number;
}

/** Special tokens written in the text: encoding makes no words of them. */
const SPECIAL = new RegExp(SPECIAL_TOKENS.map((token) => token.replaceAll(/[[\]]/g, String.raw`\$&`)).join('|'));
/** Distinct chunks that are counted before words are made of them. */
const KEPT = 1 << 19;

/**
 * How often each word occurs. Memory is bounded: past `limit` distinct words the rarest are forgotten, which changes
 * no count that matters to a vocabulary much smaller than `limit`.
 */
export async function countWords(
  pieces: AsyncIterable<TextPiece>,
  wordsOf: (text: string) => string[],
  limit = 1 << 21,
): Promise<WordCounts> {
  let words = new Map<string, number>();
  let tooLong = 0;
  const chunks = new ChunkTable(KEPT);
  const occurrences = new Float64Array(KEPT);
  let floor = 1;
  const add = (chunk: string, count: number): void => {
    for (const part of chunk.includes('[') ? chunk.split(SPECIAL) : [chunk])
      for (const word of wordsOf(part)) {
        if (isTooLong(word)) tooLong += count;
        else words.set(word, (words.get(word) ?? 0) + count);
      }
  };
  const flush = (): void => {
    for (let number = 0; number < chunks.count; number++) add(chunks.chunk(number), occurrences[number]);
    chunks.clear();
    for (; words.size > limit; floor++) words = new Map([...words].filter(([, count]) => count > floor));
  };
  const once = (number: number): void => void (occurrences[number] += 1);
  for await (const { text } of pieces)
    chunks.scan(text, once, (start, end, hash) => {
      if (end - start > LONGEST_KEPT_CHUNK) add(text.slice(start, end), 1);
      else {
        if (chunks.isFull || words.size > limit) flush();
        occurrences[chunks.add(text, start, end, hash)] = 1;
      }
    });
  flush();
  return { counts: words, tooLong };
}

const isTooLong = (word: string): boolean =>
  word.length > LONGEST_WORD && (word.length > 2 * LONGEST_WORD || Array.from(word).length > LONGEST_WORD);
