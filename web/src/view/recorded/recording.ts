import type { Metric, StepAnswers } from '../../protocol.ts';

/** A run that was recorded, to be played until a visitor trains; made by scripts/record-page.ts. */
export interface Recording {
  readonly steps: number;
  readonly metrics: readonly Metric[];
  /** For each sentence, the answers at a few steps and at the end. */
  readonly examples: readonly { readonly text: string; readonly at: readonly StepAnswers[] }[];
}
