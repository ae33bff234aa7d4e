import { chunksOf, LONGEST_KEPT_CHUNK } from './words/chunks.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { TokenizerJson } from './tokenizerJson.ts';

/** Parts of a tokenizer that process each space-separated chunk independently. */
const LOCAL_NORMALIZERS = new Set(['BertNormalizer', 'Lowercase', 'NFD', 'NFKD', 'NFC', 'NFKC', 'StripAccents']);
const LOCAL_PRE_TOKENIZERS = new Set(['BertPreTokenizer', 'Whitespace', 'WhitespaceSplit']);
const KEPT = 1 << 19;

/** Encodes large texts to the same ids as `Tokenizer.encode`, but each distinct chunk only once. */
export class BulkEncoder {
  readonly #tokenizer: Tokenizer;
  readonly #seen = new Map<string, Int32Array>();
  readonly #local: boolean;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.#local = isLocal(tokenizer.toJson());
  }

  /** The ids of a piece of text, chunk by chunk. */
  *encode(text: string): Generator<Int32Array> {
    for (const chunk of this.#local ? chunksOf(text) : [text])
      yield chunk.length > LONGEST_KEPT_CHUNK ? this.#tokenizer.encode(chunk) : this.#cached(chunk);
  }

  #cached(chunk: string): Int32Array {
    let ids = this.#seen.get(chunk);
    if (ids === undefined) {
      if (this.#seen.size >= KEPT) this.#seen.clear();
      ids = this.#tokenizer.encode(chunk);
      this.#seen.set(chunk, ids);
    }
    return ids;
  }
}

function isLocal({ normalizer, pre_tokenizer: preTokenizer, added_tokens: added }: TokenizerJson): boolean {
  return (
    (normalizer === null || LOCAL_NORMALIZERS.has(normalizer.type)) &&
    preTokenizer !== null &&
    LOCAL_PRE_TOKENIZERS.has(preTokenizer.type) &&
    added.every(({ content }) => !/\s/.test(content))
  );
}
