import type { Casing } from '../dataOptions.ts';
import { bertNormalizer } from './words/bertWords.ts';
import { CONTINUATION, LONGEST_WORD, SPECIAL_TOKENS } from './specialTokens.ts';

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

/** The parts of Hugging Face's tokenizer.json that are read here; the rest is kept as it is. */
export interface TokenizerJson {
  readonly model: {
    readonly type: 'WordPiece';
    readonly vocab: Readonly<Record<string, number>>;
    readonly unk_token: string;
    readonly continuing_subword_prefix: string;
  };
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: { readonly type: string } | null;
  readonly pre_tokenizer: { readonly type: string } | null;
}

/** A tokenizer.json for a vocabulary that holds the special tokens, each token's id its place. */
export function bertTokenizerJson(tokens: readonly string[], casing: Casing): TokenizerJson {
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const sequence = (id: 'A' | 'B', type_id: number) => ({ Sequence: { id, type_id } });
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const named = (token: string) => [token, { id: token, ids: [vocab[token]], tokens: [token] }] as const;
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content) => ({
      id: vocab[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: bertNormalizer(casing),
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), sequence('A', 0), special('[SEP]')],
      pair: [
        special('[CLS]'),
        sequence('A', 0),
        special('[SEP]'),
        sequence('B', 1),
        { SpecialToken: { id: '[SEP]', type_id: 1 } },
      ],
      special_tokens: Object.fromEntries([named('[CLS]'), named('[SEP]')]),
    },
    decoder: { type: 'WordPiece', prefix: CONTINUATION, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: CONTINUATION,
      max_input_chars_per_word: LONGEST_WORD,
      vocab,
    },
  } as const;
  return json;
}
