import { IdList } from './idList.ts';
import { HuggingFaceTokenizer } from './library.ts';
import type { LibraryTokenizer } from './library.ts';
import type { TokenizerJson } from './tokenizerJson.ts';
import { isBertNormalizer, normalizeAsBert, splitAsBert } from './words/bertWords.ts';
import type { BertNormalizer } from './words/bertWords.ts';

/** Words that are kept. */
const KEPT = 1 << 16;

/**
 * Encodes chunks that have no special token by way of their words, of which there are fewer than chunks: the library, most of whose
 * time goes to other things than looking pieces up, is asked but once for each word.
 */
export class WordEncoder {
  readonly #normalizer: BertNormalizer;
  readonly #special: readonly string[];
  /** The model without anything around it. */
  readonly #library: LibraryTokenizer;
  /** Where the ids of each word begin and end. */
  readonly #places = new Map<string, readonly [start: number, end: number]>();
  readonly #ids = new IdList();

  private constructor(json: TokenizerJson, normalizer: BertNormalizer) {
    this.#normalizer = normalizer;
    this.#special = json.added_tokens.map(({ content }) => content);
    const alone = { ...json, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null };
    this.#library = new HuggingFaceTokenizer(alone, {});
  }

  /** Undefined for a tokenizer that does not make words as BERT's does. */
  static of(json: TokenizerJson): WordEncoder | undefined {
    const { normalizer, pre_tokenizer: preTokenizer, added_tokens: added } = json;
    if (!isBertNormalizer(normalizer) || preTokenizer?.type !== 'BertPreTokenizer') return undefined;
    return added.every(({ special }) => special) ? new WordEncoder(json, normalizer) : undefined;
  }

  /** Appends the ids of a chunk to a list. @returns false, and does nothing, where there may be a special token in it */
  append(chunk: string, to: IdList): boolean {
    if (this.#special.some((token) => chunk.includes(token))) return false;
    for (const word of splitAsBert(normalizeAsBert(chunk, this.#normalizer)))
      to.appendFrom(this.#ids, ...(this.#places.get(word) ?? this.#enter(word)));
    return true;
  }

  #enter(word: string): readonly [start: number, end: number] {
    if (this.#places.size >= KEPT) {
      this.#places.clear();
      this.#ids.clear();
    }
    const start = this.#ids.length;
    this.#ids.append(Int32Array.from(this.#library.encode(word, { add_special_tokens: false }).ids));
    const place = [start, this.#ids.length] as const;
    this.#places.set(word, place);
    return place;
  }
}
