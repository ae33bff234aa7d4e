import { expectFinite, LossWatch } from './divergence.ts';
import type { StepResult } from './step.ts';

/** The state of a window between two log lines. Checkpoints keep it, so that a resumed run logs the same as an uninterrupted one. */
export type WindowState = { readonly steps: number; readonly loss: number };

interface Flight {
  readonly step: number;
  readonly result: StepResult;
}

/** How many steps may be enqueued before the oldest is awaited. */
const IN_FLIGHT = 2;

/** Collects the losses of steps, whose values arrive late, until a log line needs their mean. */
export class LossWindow {
  #steps: number;
  #loss: number;
  #flights: Flight[] = [];
  readonly watch: LossWatch;
  #last: { step: number; loss: number } | undefined;

  /** @param watch is given each loss */
  constructor(state: WindowState = { steps: 0, loss: 0 }, watch = new LossWatch()) {
    this.watch = watch;
    this.#steps = state.steps;
    this.#loss = state.loss;
  }

  /** Waits for the loss of a few steps ago. Throws when it or the gradients' norm is not a number: training has diverged. */
  async add(step: number, result: StepResult): Promise<void> {
    for (const value of [result.loss, result.gradNorm]) value.catch(() => {}); // reported when it is awaited, if ever
    this.#flights.push({ step, result });
    while (this.#flights.length > IN_FLIGHT) await this.#land();
  }

  /** Waits for all losses. */
  async state(): Promise<WindowState> {
    while (this.#flights.length > 0) await this.#land();
    return { steps: this.#steps, loss: this.#loss };
  }

  /** Throws a DivergenceError if the last loss says that training has diverged. Waits for all losses. */
  async check(): Promise<void> {
    await this.state();
    if (this.#last) this.watch.check(`the loss of step ${this.#last.step}`, this.#last.loss);
  }

  /** The mean loss since the last call. */
  async close(): Promise<number> {
    const { steps, loss } = await this.state();
    this.#steps = 0;
    this.#loss = 0;
    return loss / steps;
  }

  async #land(): Promise<void> {
    const flight = this.#flights.shift();
    if (!flight) return;
    const { skips } = flight.result;
    const [loss, gradNorm] = [await flight.result.loss, await flight.result.gradNorm];
    const { step } = flight;
    expectFinite(`the loss of step ${step}`, loss, step);
    if (!skips) expectFinite(`the gradients' norm at step ${step}`, gradNorm, step);
    this.watch.note(loss);
    this.#last = { step, loss };
    this.#steps += 1;
    this.#loss += loss;
  }
}
