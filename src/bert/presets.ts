import type { Wiring } from './options.ts';

/** The names of all presets. */
export const presetNames = ['diagram', 'codertimo', 'bert', 'modern'] as const;
/** The name of a preset. */
export type PresetName = (typeof presetNames)[number];

/** The diagram, literally. */
const diagram: Wiring = {
  dropoutAt: ['embedding', 'attention', 'feedForward', 'Dropout1', 'Dropout2', 'Dropout3'],
  attentionScale: 'embeddingSize',
  norm: 'pre',
  finalNorm: false,
  normForm: 'variance',
  normEpsilon: 1e-5,
  gelu: 'erf',
  positions: 'sinusoid',
  embeddingNorm: false,
  segments: 2,
  decoder: 'untied',
  decoderTransform: false,
  biases: true,
  initialisation: { embedding: 1, linear: 'uniform' },
};

/** What the PyTorch code behind the diagram does (codertimo/BERT-pytorch). */
const codertimo: Wiring = {
  ...diagram,
  dropoutAt: ['embedding', 'probabilities', 'feedForward', 'Dropout1', 'Dropout2', 'Dropout3'],
  attentionScale: 'headSize',
  normForm: 'deviation',
  normEpsilon: 1e-6,
  gelu: 'tanh',
  segments: 3,
};

/** Devlin et al. 2018, as implemented by Hugging Face's BertForMaskedLM. */
const bert: Wiring = {
  dropoutAt: ['embedding', 'probabilities', 'Dropout1', 'Dropout2'],
  attentionScale: 'headSize',
  norm: 'post',
  finalNorm: false,
  normForm: 'variance',
  normEpsilon: 1e-12,
  gelu: 'erf',
  positions: 'learned',
  embeddingNorm: true,
  segments: 2,
  decoder: 'tied',
  decoderTransform: true,
  biases: true,
  initialisation: { embedding: 0.02, linear: 0.02 },
};

/** The best recipe we know for a small budget (Geiping and Goldstein 2023; Portes et al. 2023). */
const modern: Wiring = {
  ...bert,
  norm: 'pre',
  finalNorm: true,
  segments: 0,
  decoderTransform: false,
  biases: false,
};

/** Whole sets of wiring options, by name: what docs/model.md describes. */
export const presets: Readonly<Record<PresetName, Wiring>> = { diagram, codertimo, bert, modern };
