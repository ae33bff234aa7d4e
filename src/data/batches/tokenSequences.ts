import type { DocumentParts } from './documentParts.ts';
import { Ascending } from '../store/ascending.ts';
import type { TokenStore } from '../store/tokenStore.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Token sequences made of documents. */
export interface TokenSequences {
  readonly count: number;
  /** Tokens in all of them, special ones included. */
  readonly tokens: number;
  /** The most tokens that one has. */
  readonly length: number;
  /** Tokens in sequence `index`, special ones included. */
  sizeOf(this: void, index: number): number;
  /** The ids of sequence `index`, special tokens included, without padding: at most `length`. */
  at(index: number): Promise<Int32Array>;
}

/** Running totals of f(part size) over the parts; one more entry than parts. */
function totals({ count, startOf, endOf }: DocumentParts, f: (size: number) => number): Ascending {
  const result = Ascending.of([0]);
  let total = 0;
  for (let part = 0; part < count; part++) result.push((total += f(endOf(part) - startOf(part))));
  return result;
}

/**
 * One stream of all documents, [SEP] after each, cut into pieces of length - 1 behind a [CLS]. What is left at the end
 * and fills no sequence is dropped.
 */
export function packedSequences(
  store: TokenStore,
  parts: DocumentParts,
  tokenizer: Tokenizer,
  length: number,
): TokenSequences {
  const begins = totals(parts, (size) => size + 1); // of each part in the stream
  const piece = length - 1;
  const count = Math.floor(begins.last() / piece);
  return {
    count,
    tokens: count * length,
    length,
    sizeOf: () => length,
    async at(index) {
      const ids = new Int32Array(length);
      ids[0] = tokenizer.classId;
      const end = (index + 1) * piece;
      let part = begins.search(index * piece);
      for (let at = index * piece; at < end; part++) {
        const from = parts.startOf(part) + (at - begins.at(part));
        const size = Math.min(end - at, parts.endOf(part) - from);
        ids.set(await store.read(from, from + size), length - (end - at));
        at += size;
        if (at < end) ids[length - (end - at++)] = tokenizer.separatorId;
      }
      return ids;
    },
  };
}

/** Each sequence holds a stretch of one document: [CLS] stretch [SEP]. A long document gives several. */
export function documentSequences(
  store: TokenStore,
  parts: DocumentParts,
  tokenizer: Tokenizer,
  length: number,
): TokenSequences {
  const piece = length - 2;
  const begins = totals(parts, (size) => Math.ceil(size / piece)); // the first sequence of each part
  const count = begins.last();
  const stretch = (index: number): readonly [from: number, to: number] => {
    const part = begins.search(index);
    const from = parts.startOf(part) + (index - begins.at(part)) * piece;
    return [from, Math.min(parts.endOf(part), from + piece)];
  };
  return {
    count,
    tokens: parts.tokens + 2 * count,
    length,
    sizeOf(index) {
      const [from, to] = stretch(index);
      return to - from + 2;
    },
    async at(index) {
      const tokens = await store.read(...stretch(index));
      return Int32Array.of(tokenizer.classId, ...tokens, tokenizer.separatorId);
    },
  };
}
