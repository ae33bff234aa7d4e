import type { DropoutSite, ModelOptions } from '../../../bert/options.ts';
import { BertrandError } from '../../../error.ts';
import type { Tokenizer } from '../../../data/tokenizer/tokenizer.ts';

/** What Hugging Face's ModernBERT fixes; everything else of a model may differ. */
const FIXED = {
  norm: 'pre',
  firstNorm: false,
  finalNorm: true,
  normForm: 'variance',
  attentionScale: 'headSize',
  feedForward: 'geglu',
  positions: 'rotary',
  embeddingNorm: true,
  segments: 0,
  decoderTransform: true,
} as const satisfies Partial<ModelOptions>;

/** The options that ModernBertForMaskedLM has otherwise. */
const different = (options: ModelOptions): (keyof typeof FIXED)[] =>
  (Object.keys(FIXED) as (keyof typeof FIXED)[]).filter((key) => options[key] !== FIXED[key]);

/** Whether ModernBertModel can express a model's encoder. */
export const isModernEncoder = (options: ModelOptions): boolean => isModernBert({ ...options, decoderTransform: true });

/** Whether ModernBertForMaskedLM can express a model. */
export const isModernBert = (options: ModelOptions): boolean => different(options).length === 0;

/**
 * Throws a BertrandError that names what a class of Hugging Face's cannot express of a model.
 * @param name what messages call the model
 */
export function expectModernBert(options: ModelOptions, name: string, stockClass = 'ModernBertForMaskedLM'): void {
  const problems = different(options).map((key) => `model.${key} is ${options[key]}, not ${FIXED[key]}`);
  if (problems.length > 0)
    throw new BertrandError(
      `${name}: Hugging Face's ${stockClass} cannot express this model:\n  ${problems.join('\n  ')}`,
      { advice: 'export it with --format onnx, which takes every model' },
    );
}

type Special = Pick<Tokenizer, 'padId' | 'classId' | 'separatorId'>;

/** The config.json of Hugging Face's ModernBertForMaskedLM for a model of ours. */
export function modernBertConfig(
  options: ModelOptions,
  { padId, classId, separatorId }: Special,
): Record<string, unknown> {
  const rateAt = (site: DropoutSite): number => (options.dropoutAt.includes(site) ? options.dropout : 0);
  const { initialisation, biases } = options;
  const activation = options.gelu === 'erf' ? 'gelu' : 'gelu_new';
  return {
    architectures: ['ModernBertForMaskedLM'],
    model_type: 'modernbert',
    vocab_size: options.vocabSize,
    hidden_size: options.embeddingSize,
    num_hidden_layers: options.layers,
    num_attention_heads: options.heads,
    intermediate_size: options.feedForwardSize,
    hidden_activation: activation,
    max_position_embeddings: options.maxLength,
    initializer_range: initialisation.linear === 'uniform' ? 0.02 : initialisation.linear,
    ...(initialisation.cutoff !== 'none' && { initializer_cutoff_factor: initialisation.cutoff }),
    norm_eps: options.normEpsilon,
    norm_bias: options.normBiases,
    pad_token_id: padId,
    bos_token_id: classId,
    cls_token_id: classId,
    eos_token_id: separatorId,
    sep_token_id: separatorId,
    global_rope_theta: options.rotaryBase,
    local_rope_theta: options.localRotaryBase,
    global_attn_every_n_layers: options.localWindow > 0 ? options.globalEvery : 1,
    local_attention: options.localWindow || 128,
    attention_bias: biases,
    attention_dropout: rateAt('probabilities'),
    embedding_dropout: rateAt('embedding'),
    mlp_bias: biases,
    mlp_dropout: rateAt('feedForward'),
    decoder_bias: true,
    classifier_activation: activation,
    classifier_bias: options.transformBias,
    tie_word_embeddings: options.decoder === 'tied',
    torch_dtype: 'float32',
  };
}
