/** The least validation loss of a run so far, its step, and the validations in a row since then that were no better. */
export type LowestState = { readonly step: number; readonly loss: number; readonly worse: number };

/** Follows the validation loss: which checkpoint is the best, and whether training should go on. */
export class LowestLoss {
  #state: LowestState | undefined;

  /** @param state of a run that is resumed */
  constructor(state?: LowestState) {
    this.#state = state;
  }

  /** Undefined before the first validation. */
  get state(): LowestState | undefined {
    return this.#state;
  }

  /**
   * Notes a validation. As in Hugging Face's EarlyStoppingCallback, one that is better by no more than `minDelta` is the best all the
   * same, but counts as no better.
   * @returns whether it is the best so far
   */
  note(step: number, loss: number, minDelta = 0): boolean {
    const before = this.#state;
    const best = !before || loss < before.loss;
    const worse = !before || loss < before.loss - minDelta ? 0 : before.worse + 1;
    this.#state = best ? { step, loss, worse } : { ...before, worse };
    return best;
  }

  /** Whether so many validations in a row were no better; never with 0. */
  isExhausted(patience: number): boolean {
    return patience > 0 && (this.#state?.worse ?? 0) >= patience;
  }
}
