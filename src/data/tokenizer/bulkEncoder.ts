import { ChunkTable, LONGEST_KEPT_CHUNK } from './words/chunkTable.ts';
import { IdList } from './idList.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { TokenizerJson } from './tokenizerJson.ts';
import { WordEncoder } from './wordEncoder.ts';

/** Parts of a tokenizer that process each space-separated chunk independently. */
const LOCAL_NORMALIZERS = new Set(['BertNormalizer', 'Lowercase', 'NFD', 'NFKD', 'NFC', 'NFKC', 'StripAccents']);
const LOCAL_PRE_TOKENIZERS = new Set(['BertPreTokenizer', 'Whitespace', 'WhitespaceSplit']);

/** Encodes large texts to the same ids as `Tokenizer.encode`, but each distinct chunk only once. */
export class BulkEncoder {
  readonly #tokenizer: Tokenizer;
  readonly #chunks: ChunkTable;
  /** The ids of all chunks, and where those of each end. */
  readonly #ids = new IdList();
  readonly #ends: number[] = [];
  readonly #local: boolean;
  readonly #words: WordEncoder | undefined;

  /** @param kept distinct chunks, beyond which it begins again */
  constructor(tokenizer: Tokenizer, kept = 1 << 18) {
    this.#tokenizer = tokenizer;
    this.#local = isLocal(tokenizer.toJson());
    this.#words = WordEncoder.of(tokenizer.toJson());
    this.#chunks = new ChunkTable(this.#local ? kept : 1);
  }

  get classId(): number {
    return this.#tokenizer.classId;
  }

  get separatorId(): number {
    return this.#tokenizer.separatorId;
  }

  /** The ids of a piece of text. */
  encode(text: string): Int32Array {
    const ids = new IdList();
    this.append(text, ids);
    return ids.take();
  }

  /** Appends them to a list. */
  append(text: string, to: IdList): void {
    if (!this.#local) {
      to.append(this.#tokenizer.encode(text));
      return;
    }
    const copy = (number: number): void => to.appendFrom(this.#ids, this.#ends[number - 1] ?? 0, this.#ends[number]);
    this.#chunks.scan(text, copy, (start, end, hash) => {
      const chunk = text.slice(start, end);
      const before = to.length;
      if (this.#words?.append(chunk, to) !== true) to.append(this.#tokenizer.encode(chunk));
      if (end - start > LONGEST_KEPT_CHUNK) return;
      this.#makeRoom();
      this.#chunks.add(text, start, end, hash);
      this.#ids.appendFrom(to, before, to.length);
      this.#ends.push(this.#ids.length);
    });
  }

  #makeRoom(): void {
    if (!this.#chunks.isFull) return;
    this.#chunks.clear();
    this.#ids.clear();
    this.#ends.length = 0;
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
