/** Where dropout may be: after the embedding, on the attention probabilities, after LLO, after GELU, and the block's three. */
export const dropoutSites = [
  'embedding',
  'probabilities',
  'attention',
  'feedForward',
  'Dropout1',
  'Dropout2',
  'Dropout3',
] as const;
/** The places where dropout can be applied, by the names of the boxes. */
export type DropoutSite = (typeof dropoutSites)[number];

/** How the boxes of the diagram are wired. Every deviation from the diagram is an option here. */
export interface Wiring {
  /** Sites at which dropout is applied, all at the model's one rate. */
  readonly dropoutAt: readonly DropoutSite[];
  /** Scores are divided by sqrt(ES), as in the diagram, or by sqrt(HS) (Vaswani et al. 2017). */
  readonly attentionScale: 'embeddingSize' | 'headSize';
  /** LayerNorm before each sublayer, as in the diagram, or after the residual sum (Devlin et al. 2018). */
  readonly norm: 'pre' | 'post';
  /** Whether the first block has LN1; Warner et al. 2024 leave it out, since the embedding ends with a LayerNorm. */
  readonly firstNorm: boolean;
  /** A LayerNorm after the last block. */
  readonly finalNorm: boolean;
  /** Divide by sqrt(variance + epsilon) (Ba et al. 2016), or by (unbiased standard deviation + epsilon) (codertimo/BERT-pytorch). */
  readonly normForm: 'variance' | 'deviation';
  /** LayerNorm's epsilon. */
  readonly normEpsilon: number;
  /** Whether LayerNorms have a beta. */
  readonly normBiases: boolean;
  /** GELU by the error function, or by the tanh formula (Hendrycks and Gimpel 2016). */
  readonly gelu: 'erf' | 'tanh';
  /** FFN without a gate, or with half of LL1's outputs as one: GeGLU (Shazeer 2020). */
  readonly feedForward: 'plain' | 'geglu';
  /**
   * An embedding, from the fixed sinusoid (Vaswani et al. 2017) or learned (Devlin et al. 2018); or queries and keys rotated by
   * their positions (Su et al. 2021).
   */
  readonly positions: 'sinusoid' | 'learned' | 'rotary';
  /** Rotary positions: pair i of HS/2 turns by base^(-2i/HS) from one position to the next. */
  readonly rotaryBase: number;
  /** The same in blocks with a window. */
  readonly localRotaryBase: number;
  /** In local blocks a token sees this many tokens around it, half of them on each side (Beltagy et al. 2020); 0 if all blocks are global. */
  readonly localWindow: number;
  /** One block in so many is global, beginning with the first; the others are local (Warner et al. 2024). */
  readonly globalEvery: number;
  /** A LayerNorm on the sum of the embeddings, before their dropout. */
  readonly embeddingNorm: boolean;
  /** Number of segment ids; 0 for no segment embedding. */
  readonly segments: number;
  /** Whether the decoder shares its matrix with the token embedding (Press and Wolf 2017). */
  readonly decoder: 'untied' | 'tied';
  /** Linear, GELU and LayerNorm before the decoder (Devlin et al. 2018). */
  readonly decoderTransform: boolean;
  /** Whether that linear layer has a bias. */
  readonly transformBias: boolean;
  /** Whether the linear layers have biases; the decoder's LL always has one. */
  readonly biases: boolean;
  /** Initial weights. */
  readonly initialisation: Initialisation;
}

export interface Initialisation {
  /** Standard deviation of the embeddings. */
  readonly embedding: number;
  /** `uniform`: weights and biases from U(-b, b), b = 1 / sqrt(inputs), PyTorch's default; or the standard deviation of normal weights, with biases 0. */
  readonly linear: 'uniform' | number;
  /** Normal weights further from 0 than so many standard deviations are drawn again (Warner et al. 2024: 2). */
  readonly cutoff: 'none' | number;
  /** Whether weights of LLO, LL2 and the decoder's linear layers are divided by sqrt(2 NL) (Radford et al. 2019; Warner et al. 2024). */
  readonly byDepth: boolean;
}

/** A model's sizes. */
export interface Sizes {
  /** NL */
  readonly layers: number;
  /** ES */
  readonly embeddingSize: number;
  /** HC */
  readonly heads: number;
  /** Width inside FFN. */
  readonly feedForwardSize: number;
  /** VS */
  readonly vocabSize: number;
  /** ML */
  readonly maxLength: number;
}

export interface ModelOptions extends Sizes, Wiring {
  /** Dropout rate at every site of `dropoutAt`. */
  readonly dropout: number;
}
