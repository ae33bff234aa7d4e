/** What of a run tells whether it goes as it should. */
export interface Signs {
  /** Tokens in a sequence. */
  readonly sequenceLength?: number | undefined;
  /** 0 for no clipping. */
  readonly clipNorm: number;
  /** The share of the tokens that are [UNK]. */
  readonly unknownShare: number | undefined;
  /** The share of the validation text that is in the training text too. */
  readonly duplicateShare: number | undefined;
  /** The gradients' norms on the last lines of the log. */
  readonly gradNorms: readonly number[];
  /** The last validation. */
  readonly validation: ValidationSigns | undefined;
}

export interface ValidationSigns {
  /** How much of the run was done then, from 0 to 1, where that is known. */
  readonly share?: number | undefined;
  readonly loss?: number | undefined;
  readonly contextFreeLoss?: number | undefined;
  readonly unigramLoss?: number | undefined;
  readonly silentUnits?: number | undefined;
  readonly geluInput?: number | undefined;
}

/** How many lines of the log count. */
export const LINES = 50;
