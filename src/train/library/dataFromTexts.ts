import { dataFromTexts as makeData } from '../../data/dataFromTexts.ts';
import type { MaskingOptions, TokenizerOptions } from '../../data/dataOptions.ts';
import type { OpenedData } from '../../data/openedData.ts';
import type { OnProgress } from '../../data/progress.ts';
import { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { dataOptions } from '../config/dataOptions.ts';
import { checkedOptions } from './checkedOptions.ts';

/** How batches are made of texts. The defaults, and what each means, are those of a config (docs/usage.md). */
export interface TextOptions {
  readonly seed?: number;
  /** Sequences in a batch (`train.batchSize`). */
  readonly batchSize?: number;
  /** Tokens in a sequence. */
  readonly sequenceLength?: number;
  /** Share of the tokens kept for validation. */
  readonly validation?: number;
  /** Documents joined and cut to full length, or one document a sequence. */
  readonly packing?: boolean;
  /** Each sequence in its own row, padded. */
  readonly padding?: boolean;
  readonly masking?: Partial<MaskingOptions>;
  /** Share of the validation tokens to predict (`validate.maskingProbability`). */
  readonly validationProbability?: number;
  /** Segment id of text: 0 by default, or 1 where 0 is the padding's own (preset `codertimo`). */
  readonly textSegment?: 0 | 1;
  /** A trained one, or what to train. */
  readonly tokenizer?: Partial<TokenizerOptions> | Tokenizer;
}

/**
 * Data from texts in memory, each a document: a tokenizer and batches for training and validation. Runs in a browser too.
 * @throws ConfigError for options that are wrong, BertrandError for too little text
 */
export async function dataFromTexts(
  texts: readonly string[],
  options: TextOptions = {},
  onProgress?: OnProgress,
): Promise<OpenedData> {
  const { seed, batchSize, validationProbability, textSegment = 0, tokenizer, ...data } = options;
  const given = tokenizer instanceof Tokenizer ? tokenizer : undefined;
  const config = checkedOptions(
    {
      ...(seed !== undefined && { seed }),
      data: { ...data, ...(!(tokenizer instanceof Tokenizer) && tokenizer && { tokenizer }) },
      ...(batchSize !== undefined && { train: { batchSize } }),
      ...(validationProbability !== undefined && { validate: { maskingProbability: validationProbability } }),
    },
    'dataFromTexts',
    { 'train.batchSize': 'batchSize', 'validate.maskingProbability': 'validationProbability', data: '' },
  );
  const { tokenizer: trained, ...rest } = dataOptions(config);
  return makeData(texts, { ...rest, textSegment, tokenizer: given ?? (trained as TokenizerOptions) }, onProgress);
}
