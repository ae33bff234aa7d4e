import type { DropoutSite, ModelOptions } from '../../../bert/options.ts';
import { BertrandError } from '../../../error.ts';

/** What Hugging Face's BERT fixes; everything else of a model may differ. */
const FIXED = {
  norm: 'post',
  firstNorm: true,
  finalNorm: false,
  normForm: 'variance',
  normBiases: true,
  feedForward: 'plain',
  localWindow: 0,
  attentionScale: 'headSize',
  positions: 'learned',
  embeddingNorm: true,
  decoderTransform: true,
  transformBias: true,
  biases: true,
} as const satisfies Partial<ModelOptions>;

/** What would go wrong if a model with another value were loaded anyway. */
const GARBAGE: Record<keyof typeof FIXED, string> = {
  norm: 'every block would normalise in other places',
  firstNorm: 'a random LayerNorm would follow the first sum',
  finalNorm: 'the last LayerNorm would be left out',
  normForm: 'LayerNorm would divide by another number',
  normBiases: 'biases of LayerNorms would be random',
  feedForward: 'there would be no gate',
  localWindow: 'tokens would see more than their window',
  attentionScale: 'scores would be divided by another number',
  positions: 'positions would be random',
  embeddingNorm: 'a random LayerNorm would follow the embedding',
  decoderTransform: 'a random layer would precede the decoder',
  transformBias: 'a bias would be random',
  biases: 'biases would be random',
};

/**
 * Throws a BertrandError that names what a class of Hugging Face's cannot express of a model.
 * @param name what messages call the model
 */
export function expectBert(options: ModelOptions, name: string, stockClass = 'BertForMaskedLM'): void {
  const keys = Object.keys(FIXED) as (keyof typeof FIXED)[];
  const different = keys.filter((key) => options[key] !== FIXED[key]);
  const problems = different.map((key) => `model.${key} is ${options[key]}, not ${FIXED[key]}: ${GARBAGE[key]}`);
  if (options.segments === 0) problems.push('model.segments is 0: a random segment would be added to each token');
  if (options.segments > 2) problems.push(`model.segments is ${options.segments}, of which text has 1: it would get 0`);
  if (problems.length > 0)
    throw new BertrandError(
      `${name}: Hugging Face's ${stockClass} cannot express this model:\n  ${problems.join('\n  ')}`,
      {
        advice: 'export it with --format onnx, which takes every model, or train one of preset bert',
      },
    );
}

/** The config.json of Hugging Face's BertForMaskedLM for a model of ours. */
export function bertConfig(options: ModelOptions, padId: number): Record<string, unknown> {
  const rateAt = (site: DropoutSite): number => (options.dropoutAt.includes(site) ? options.dropout : 0);
  const { initialisation } = options;
  return {
    architectures: ['BertForMaskedLM'],
    model_type: 'bert',
    vocab_size: options.vocabSize,
    hidden_size: options.embeddingSize,
    num_hidden_layers: options.layers,
    num_attention_heads: options.heads,
    intermediate_size: options.feedForwardSize,
    hidden_act: options.gelu === 'erf' ? 'gelu' : 'gelu_new',
    hidden_dropout_prob: rateAt('Dropout1'),
    attention_probs_dropout_prob: rateAt('probabilities'),
    max_position_embeddings: options.maxLength,
    type_vocab_size: options.segments,
    initializer_range: initialisation.linear === 'uniform' ? 0.02 : initialisation.linear,
    layer_norm_eps: options.normEpsilon,
    pad_token_id: padId,
    position_embedding_type: 'absolute',
    tie_word_embeddings: options.decoder === 'tied',
    use_cache: false,
    torch_dtype: 'float32',
  };
}
