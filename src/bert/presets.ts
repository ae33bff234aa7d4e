import type { Wiring } from './options.ts';

/** The names of all presets. */
export const presetNames = ['diagram', 'codertimo', 'bert', 'crammed', 'modern'] as const;
/** The name of a preset. */
export type PresetName = (typeof presetNames)[number];

/** The diagram, literally. */
const diagram: Wiring = {
  dropoutAt: ['embedding', 'attention', 'feedForward', 'Dropout1', 'Dropout2', 'Dropout3'],
  attentionScale: 'embeddingSize',
  norm: 'pre',
  firstNorm: true,
  finalNorm: false,
  normForm: 'variance',
  normEpsilon: 1e-5,
  normBiases: true,
  gelu: 'erf',
  feedForward: 'plain',
  positions: 'sinusoid',
  rotaryBase: 160_000,
  localRotaryBase: 10_000,
  localWindow: 0,
  globalEvery: 3,
  embeddingNorm: false,
  segments: 2,
  decoder: 'untied',
  decoderTransform: false,
  transformBias: true,
  biases: true,
  initialisation: { embedding: 1, linear: 'uniform', cutoff: 'none', byDepth: false },
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
  ...diagram,
  dropoutAt: ['embedding', 'probabilities', 'Dropout1', 'Dropout2'],
  attentionScale: 'headSize',
  norm: 'post',
  normEpsilon: 1e-12,
  positions: 'learned',
  embeddingNorm: true,
  decoder: 'tied',
  decoderTransform: true,
  initialisation: { embedding: 0.02, linear: 0.02, cutoff: 'none', byDepth: false },
};

/** A recipe for small budgets (Geiping and Goldstein 2023, "Cramming"; Portes et al. 2023). */
const crammed: Wiring = {
  ...bert,
  norm: 'pre',
  finalNorm: true,
  segments: 0,
  decoderTransform: false,
  biases: false,
};

/** ModernBERT (Warner et al. 2024), as implemented by Hugging Face's ModernBertForMaskedLM. */
const modern: Wiring = {
  ...bert,
  dropoutAt: ['attention'],
  norm: 'pre',
  firstNorm: false,
  finalNorm: true,
  normEpsilon: 1e-5,
  normBiases: false,
  feedForward: 'geglu',
  positions: 'rotary',
  localWindow: 128,
  segments: 0,
  transformBias: false,
  biases: false,
  initialisation: { embedding: 0.02, linear: 0.02, cutoff: 2, byDepth: true },
};

/** Whole sets of wiring options, by name: what docs/model.md describes. */
export const presets: Readonly<Record<PresetName, Wiring>> = { diagram, codertimo, bert, crammed, modern };
