import { BertrandError } from '../error.ts';
import type { HostTensors } from './modelState.ts';

/** Training has diverged: the current model must not be saved as a checkpoint. */
export class DivergenceError extends BertrandError {
  /** Whether all numbers are finite, and only far off. */
  readonly isFinite: boolean;
  /** Whose numbers they are, where it is not the last step that was made. */
  readonly step: number | undefined;

  constructor(what: string, isFinite: boolean, step?: number) {
    super(what);
    this.isFinite = isFinite;
    this.step = step;
  }
}

/** Throws a DivergenceError unless the value is a finite number. @param step that it belongs to, if not the last */
export function expectFinite(what: string, value: number, step?: number): void {
  if (!Number.isFinite(value)) throw diverged(`${what} is ${value}`, false, step);
}

/** Throws a DivergenceError unless all numbers of all tensors are finite. */
export function expectFiniteTensors(tensors: HostTensors): void {
  for (const [name, { data }] of tensors) {
    let sum = 0; // not a number as soon as one is none, or infinite
    for (let i = 0; i < data.length; i++) sum += data[i] - data[i];
    if (sum === 0) continue;
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    expectFinite(`${name}[${wrong}]`, data[wrong]);
  }
}

/** The limit, as a multiple of the greater of two losses: the run's best, and that of guessing by frequency. */
const FAR = 2;

/**
 * Detects divergence that stays finite: a loss far above both the run's best and guessing by frequency. A run that continued
 * would overwrite its good checkpoints.
 */
export class LossWatch {
  #best: number;
  #guessing: number;

  /**
   * @param guessing what stands for the loss of guessing by frequency until a validation has measured it
   * @param best the least loss of the run so far, where it is resumed
   */
  constructor(guessing = Infinity, best = Infinity) {
    this.#guessing = guessing;
    this.#best = best;
  }

  /** The least loss so far, undefined before the first. */
  get best(): number | undefined {
    return Number.isFinite(this.#best) ? this.#best : undefined;
  }

  /** Records a loss. A single high one means little. */
  note(loss: number): void {
    this.#best = Math.min(this.#best, loss);
  }

  /** Throws a DivergenceError if the loss is not a number or is far above the others. */
  check(what: string, loss: number, guessing = this.#guessing): void {
    expectFinite(what, loss);
    this.#guessing = guessing;
    this.note(loss);
    if (loss <= FAR * Math.max(this.#best, guessing)) return;
    const others = `the run's best was ${this.#best.toFixed(2)}, guessing by frequency has ${guessing.toFixed(2)}`;
    throw diverged(`${what} is ${loss.toPrecision(4)}: ${others}`, true);
  }
}

function diverged(found: string, isFinite: boolean, step?: number): DivergenceError {
  const advice = 'begin a new run with a lower train.optimizer.learningRate or a longer train.schedule.warmup';
  return new DivergenceError(`${found}: training has diverged; ${advice}`, isFinite, step);
}
