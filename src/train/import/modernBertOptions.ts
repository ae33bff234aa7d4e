import { z } from 'zod';
import { presets } from '../../bert/presets.ts';
import { BertrandError } from '../../error.ts';
import { geluNames, problemOf, rate, size } from './bertOptions.ts';
import type { BertOptions } from './bertOptions.ts';

const activation = z.enum(geluNames).default('gelu');
const base = z.number().gt(1).max(1e9);
const rope = z.looseObject({ rope_type: z.literal('default').default('default'), rope_theta: base.optional() });

/** What of a config.json says what ModernBERT computes, with the defaults of Hugging Face's ModernBertConfig. */
const modernBertConfig = z.looseObject({
  model_type: z.literal('modernbert'),
  vocab_size: size.default(50_368),
  hidden_size: size.default(768),
  num_hidden_layers: size.max(1000).default(22),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(1152),
  max_position_embeddings: size.default(8192),
  hidden_activation: activation,
  classifier_activation: activation,
  norm_eps: z.number().gt(0).lt(1).default(1e-5),
  norm_bias: z.boolean().default(false),
  initializer_range: z.number().gt(0).default(0.02),
  initializer_cutoff_factor: z.number().min(0.5).max(100).nullable().default(2),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  classifier_bias: z.boolean().default(false),
  attention_dropout: rate.default(0),
  embedding_dropout: rate.default(0),
  mlp_dropout: rate.default(0),
  global_attn_every_n_layers: z.int().min(1).max(1000).default(3),
  local_attention: z
    .int()
    .min(1)
    .max(2 ** 20)
    .default(128),
  global_rope_theta: base.default(presets.modern.rotaryBase),
  local_rope_theta: base.nullable().default(presets.modern.localRotaryBase),
  layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).nullish(),
  rope_parameters: z.looseObject({ full_attention: rope.optional(), sliding_attention: rope.optional() }).nullish(),
  rope_scaling: z.null().optional(),
  tie_word_embeddings: z.boolean().default(true),
});

/** Throws a BertrandError that names the file (`name`) and what in it is no ModernBERT of ours. */
export function modernBertOptions(json: unknown, name: string): BertOptions {
  const { data, error } = modernBertConfig.safeParse(json);
  if (!data) throw new BertrandError(`${name}: ${error.issues.map((issue) => problemOf(issue, json)).join('; ')}`);
  const headSize = data.hidden_size / data.num_attention_heads;
  if (headSize % 2 !== 0)
    throw new BertrandError(
      `${name}: heads of hidden_size ${data.hidden_size} by num_attention_heads ${data.num_attention_heads} are ${headSize} wide; expected an even number`,
    );
  const alike = (one: 'attention_bias' | 'hidden_activation', other: 'mlp_bias' | 'classifier_activation'): void => {
    if (data[one] !== data[other])
      throw new BertrandError(`${name}: ${one} is ${data[one]} and ${other} ${data[other]}; expected the same`);
  };
  alike('attention_bias', 'mlp_bias');
  alike('hidden_activation', 'classifier_activation');
  const every = everyOf(data.layer_types ?? undefined, data.global_attn_every_n_layers);
  if (every === undefined)
    throw new BertrandError(
      `${name}: layer_types is ${data.layer_types?.join(', ')}; expected full_attention first and in one layer of so many`,
    );
  const { full_attention: full, sliding_attention: sliding } = data.rope_parameters ?? {};
  const rotaryBase = full?.rope_theta ?? data.global_rope_theta;
  const rates = [
    ['embedding', data.embedding_dropout],
    ['probabilities', data.attention_dropout],
    ['attention', data.attention_dropout],
    ['feedForward', data.mlp_dropout],
  ] as const;
  const sites = rates.filter(([, rate]) => rate > 0);
  return {
    preset: 'modern',
    rows: data.vocab_size,
    options: {
      ...presets.modern,
      layers: data.num_hidden_layers,
      embeddingSize: data.hidden_size,
      heads: data.num_attention_heads,
      feedForwardSize: data.intermediate_size,
      maxLength: data.max_position_embeddings,
      gelu: /^gelu(_python)?$/.test(data.hidden_activation) ? 'erf' : 'tanh',
      normEpsilon: data.norm_eps,
      normBiases: data.norm_bias,
      biases: data.attention_bias,
      transformBias: data.classifier_bias,
      rotaryBase,
      localRotaryBase: sliding?.rope_theta ?? data.local_rope_theta ?? rotaryBase,
      localWindow: every === 1 ? 0 : data.local_attention,
      globalEvery: every === 1 ? presets.modern.globalEvery : every,
      decoder: data.tie_word_embeddings ? 'tied' : 'untied',
      initialisation: {
        ...presets.modern.initialisation,
        embedding: data.initializer_range,
        linear: data.initializer_range,
        cutoff: data.initializer_cutoff_factor ?? 3, // as Hugging Face's class takes null
      },
      dropout: sites[0]?.[1] ?? 0, // one rate for all: the first that is above 0
      dropoutAt: sites.length > 0 ? sites.map(([site]) => site) : presets.modern.dropoutAt,
    },
  };
}

/** One layer in how many is global, counted from the first; undefined if the types follow no such rule. */
function everyOf(types: readonly string[] | undefined, otherwise: number): number | undefined {
  if (!types) return otherwise;
  const second = types.findIndex((type, i) => i > 0 && type === 'full_attention');
  const every = second < 0 ? Math.max(types.length, 2) : second;
  const fits = types.every((type, i) => (type === 'full_attention') === (i % every === 0));
  return fits ? every : undefined;
}
