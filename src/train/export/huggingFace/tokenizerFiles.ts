import { SPECIAL_TOKENS } from '../../../data/tokenizer/specialTokens.ts';
import type { Tokenizer } from '../../../data/tokenizer/tokenizer.ts';

const special = {
  pad_token: '[PAD]',
  unk_token: '[UNK]',
  cls_token: '[CLS]',
  sep_token: '[SEP]',
  mask_token: '[MASK]',
} as const satisfies Record<string, (typeof SPECIAL_TOKENS)[number]>;

/**
 * The files that Hugging Face's libraries load a tokenizer from, by name. `model_max_length` is what cuts long texts: where
 * it is missing they run past the table of positions.
 * @param maxLength tokens of a sequence, special ones included
 * @param modern whether for ModernBERT, which takes no segments
 */
export function tokenizerFiles(tokenizer: Tokenizer, maxLength: number, modern = false): Record<string, string> {
  const json = tokenizer.toJson();
  const normalizer = json.normalizer as { lowercase?: boolean; strip_accents?: boolean | null } | null;
  const config = {
    tokenizer_class: modern ? 'PreTrainedTokenizerFast' : 'BertTokenizer',
    ...(modern && { model_input_names: ['input_ids', 'attention_mask'] }),
    ...special,
    model_max_length: maxLength,
    do_lower_case: normalizer?.lowercase ?? false,
    strip_accents: normalizer?.strip_accents ?? null,
    tokenize_chinese_chars: true,
    clean_up_tokenization_spaces: true,
  };
  const vocabulary = Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.tokenOf(id));
  return {
    'tokenizer.json': `${JSON.stringify(json, null, 2)}\n`,
    'tokenizer_config.json': `${JSON.stringify(config, null, 2)}\n`,
    'special_tokens_map.json': `${JSON.stringify(special, null, 2)}\n`,
    'vocab.txt': `${vocabulary.join('\n')}\n`,
  };
}
