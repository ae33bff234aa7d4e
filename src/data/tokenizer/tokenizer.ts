import { BertrandError } from '../../error.ts';
import { sha256 } from '../digest.ts';
import { checkTokenizerJson } from './checkTokenizerJson.ts';
import { HuggingFaceTokenizer, type LibraryTokenizer } from './library.ts';
import { SPECIAL_TOKENS } from './specialTokens.ts';
import type { TokenizerJson } from './tokenizerJson.ts';
import { isBertNormalizer, normalizeAsBert, splitAsBert } from './words/bertWords.ts';

/** A WordPiece tokenizer in Hugging Face's format. */
export class Tokenizer {
  /** Tokens in the vocabulary, special ones included. */
  readonly vocabSize: number;
  /** The id of [PAD]. */
  readonly padId: number;
  /** The id of [UNK]. */
  readonly unknownId: number;
  /** The id of [CLS]. */
  readonly classId: number;
  /** The id of [SEP]. */
  readonly separatorId: number;
  /** The id of [MASK]. */
  readonly maskId: number;
  readonly #json: TokenizerJson;
  readonly #library: LibraryTokenizer;
  readonly #tokens: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #special: Uint8Array;

  private constructor(json: TokenizerJson, name: string) {
    this.#json = json;
    for (const [token, id] of Object.entries(json.model.vocab)) this.#tokens[id] = token;
    for (const { content, id } of json.added_tokens) this.#tokens[id] = content;
    for (const [id, token] of this.#tokens.entries()) this.#ids.set(token, id);
    this.vocabSize = this.#tokens.length;
    [this.padId, this.unknownId, this.classId, this.separatorId, this.maskId] = SPECIAL_TOKENS.map((token) =>
      this.#ids.get(token)!,
    ) as [number, number, number, number, number];
    this.#special = new Uint8Array(this.vocabSize);
    for (const token of SPECIAL_TOKENS) this.#special[this.#ids.get(token)!] = 1;
    for (const { id, special } of json.added_tokens) if (special) this.#special[id] = 1;
    try {
      this.#library = new HuggingFaceTokenizer(json, {});
      const { normalizer, pre_tokenizer: preTokenizer } = json;
      if (isBertNormalizer(normalizer)) this.#library.normalizer = (text) => normalizeAsBert(text, normalizer);
      if (preTokenizer?.type === 'BertPreTokenizer') this.#library.pre_tokenizer = splitAsBert;
    } catch (error) {
      throw new BertrandError(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  /** Makes a tokenizer from a parsed tokenizer.json. Throws a BertrandError that names it (`name`) and what is wrong with it. */
  static fromJson(json: unknown, name = 'tokenizer.json'): Tokenizer {
    return new Tokenizer(checkTokenizerJson(json, name), name);
  }

  /** What tokenizer.json holds. */
  toJson(): TokenizerJson {
    return this.#json;
  }

  /** SHA-256 of everything that determines how text becomes ids. */
  fingerprint(): Promise<string> {
    return sha256(JSON.stringify(this.#json));
  }

  /** The ids of a text, with no special tokens added. Special tokens written in the text become their ids. */
  encode(text: string): Int32Array {
    return Int32Array.from(this.#library.encode(text, { add_special_tokens: false }).ids);
  }

  /** The text of the ids, special tokens written out; cleaned up token by token where the tokenizer's decoder does so. */
  decode(ids: Iterable<number>): string {
    const list = Array.from(ids, (id) => (this.tokenOf(id), id));
    return list.length === 0 ? '' : this.#library.decode(list, { clean_up_tokenization_spaces: false });
  }

  /** The token of an id. */
  tokenOf(id: number): string {
    const token = this.#tokens[id];
    if (token === undefined) throw new BertrandError(`token id ${id} is outside the vocabulary of ${this.vocabSize}`);
    return token;
  }

  /** Undefined if it is not a token. */
  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** Whether the token is special: never masked and never drawn in place of another. */
  isSpecial(id: number): boolean {
    return this.#special[id] === 1;
  }

  /** Whether the token continues the word of the token before it. */
  isContinuation(id: number): boolean {
    const prefix = this.#json.model.continuing_subword_prefix;
    return prefix !== '' && this.#special[id] !== 1 && this.#tokens[id].startsWith(prefix);
  }
}
