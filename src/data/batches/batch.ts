/** The input of one training or validation step: token ids with masks already drawn, and the tokens that the masks hide. */
export interface Batch {
  /** Token ids after masking. (batch, length) */
  readonly ids: Int32Array;
  /** `textSegment` for text, 0 for padding. (batch, length) */
  readonly segments: Int32Array;
  /** For each token the half-open range [start, end) of its own sequence in its row; (0, 0) for padding. (batch, length, 2) */
  readonly spans: Int32Array;
  /** Flat indices into `ids` of the positions to predict, ascending; never empty. (count) */
  readonly positions: Int32Array;
  /** The ids that stood there before masking. (count) */
  readonly labels: Int32Array;
  /** Rows. */
  readonly batch: number;
  /** Positions in a row. */
  readonly length: number;
  /** Positions that are not padding. */
  readonly tokens: number;
}

/** Random access to batches: `at` is a pure function of (seed, step), so a resumed run replays nothing. */
export interface Batches {
  /** Sequences in one pass over the data. */
  readonly sequences: number;
  /** Steps in one pass: training drops what does not fill a batch, validation keeps a last, smaller batch. */
  readonly stepsPerEpoch: number;
  /** Training takes any step from 0 and goes on into the next epoch; validation repeats after `stepsPerEpoch`. */
  at(step: number): Promise<Batch>;
}
