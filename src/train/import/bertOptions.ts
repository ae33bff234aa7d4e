import { z } from 'zod';
import { presets } from '../../bert/presets.ts';
import type { PresetName } from '../../bert/presets.ts';
import type { ModelOptions } from '../../bert/options.ts';
import { BertrandError } from '../../error.ts';

export const size = z
  .int()
  .min(1)
  .max(2 ** 20);
export const rate = z.number().min(0).lt(1);

/** Hugging Face's names of GELU: the first two are exact. */
export const geluNames = [
  'gelu',
  'gelu_python',
  'gelu_new',
  'gelu_fast',
  'gelu_pytorch_tanh',
  'gelu_python_tanh',
] as const;

/** What of a config.json says what BERT computes, with the defaults of Hugging Face's BertConfig. */
const bertConfig = z.looseObject({
  model_type: z.literal('bert'),
  vocab_size: size.default(30_522),
  hidden_size: size.default(768),
  num_hidden_layers: size.max(1000).default(12),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  max_position_embeddings: size.default(512),
  type_vocab_size: z.int().min(1).max(2).default(2),
  hidden_act: z.enum(geluNames).default('gelu'),
  layer_norm_eps: z.number().gt(0).lt(1).default(1e-12),
  initializer_range: z.number().gt(0).default(0.02),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  position_embedding_type: z.literal('absolute').default('absolute'),
  tie_word_embeddings: z.boolean().default(true),
  is_decoder: z.literal(false).default(false),
});

/** What a config.json of Hugging Face's BERT or ModernBERT means in our words, but for its vocabulary's size. */
export interface BertOptions {
  readonly preset: PresetName;
  readonly options: Omit<ModelOptions, 'vocabSize'>;
  /** Rows of the token embedding, at least as many as the tokenizer has tokens. */
  readonly rows: number;
}

/** Throws a BertrandError that names the file (`name`) and what in it is no BERT of ours. */
export function bertOptions(json: unknown, name: string): BertOptions {
  const { data, error } = bertConfig.safeParse(json);
  if (!data) throw new BertrandError(`${name}: ${error.issues.map((issue) => problemOf(issue, json)).join('; ')}`);
  if (data.hidden_size % data.num_attention_heads !== 0)
    throw new BertrandError(
      `${name}: hidden_size ${data.hidden_size} is no multiple of num_attention_heads, which is ${data.num_attention_heads}`,
    );
  const { hidden_dropout_prob: hidden, attention_probs_dropout_prob: probabilities } = data;
  const sites = presets.bert.dropoutAt.filter((site) => (site === 'probabilities' ? probabilities : hidden) > 0);
  return {
    preset: 'bert',
    rows: data.vocab_size,
    options: {
      ...presets.bert,
      layers: data.num_hidden_layers,
      embeddingSize: data.hidden_size,
      heads: data.num_attention_heads,
      feedForwardSize: data.intermediate_size,
      maxLength: data.max_position_embeddings,
      segments: data.type_vocab_size,
      gelu: /^gelu(_python)?$/.test(data.hidden_act) ? 'erf' : 'tanh',
      normEpsilon: data.layer_norm_eps,
      decoder: data.tie_word_embeddings ? 'tied' : 'untied',
      initialisation: {
        ...presets.bert.initialisation,
        embedding: data.initializer_range,
        linear: data.initializer_range,
      },
      dropout: hidden || probabilities, // one rate for all: hidden_dropout_prob where the two differ
      dropoutAt: sites.length > 0 ? sites : presets.bert.dropoutAt,
    },
  };
}

/** An issue of a config.json in words. */
export function problemOf({ path, message }: z.core.$ZodIssue, json: unknown): string {
  const key = path.map(String).join('.');
  const found = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], json);
  if (key === '') return 'found no object; expected the config.json of a BERT';
  if (key === 'model_type') return `model_type is ${shown(found)}; only "bert" and "modernbert" can be read`;
  return `${key} is ${shown(found)}: ${message.replace(/^Invalid (input|option): /, '')}`;
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 80);
