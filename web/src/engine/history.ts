import { Bert } from '../../../src/bert/Bert.ts';
import type { Device } from '../../../src/kernels/device.ts';

/** The weights of an earlier step. */
interface Moment {
  readonly step: number;
  readonly weights: readonly ArrayLike<number>[];
}

const FIRST = 25;
/** Each remembered step is so many times the one before. */
const GROWTH = 4;
const MOST_BYTES = 2 ** 28;

/** Remembers a model's weights at a few steps, so that it can be asked what it would have answered then. */
export class History {
  readonly #moments: Moment[] = [];
  readonly #seed: number;
  #next = FIRST;

  /** @param seed gives the weights of step 0 */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** To be called after each step: reads are enqueued at once, so that the weights are those of this very step. */
  async note(step: number, { parameters }: Bert): Promise<void> {
    if (step < this.#next) return;
    while (this.#next <= step) this.#next *= GROWTH;
    if ((this.#moments.length + 1) * parameters.size * 4 > MOST_BYTES) return;
    const reading = parameters.all.map((parameter) => parameter.read());
    const weights = (await Promise.all(reading)).map((values) => Float32Array.from(values));
    this.#moments.push({ step, weights });
  }

  /** What `ask` answers at step 0 and at every remembered step before `now`. */
  async recall<T>(
    device: Device,
    present: Bert,
    now: number,
    ask: (model: Bert) => Promise<T>,
  ): Promise<{ step: number; answer: T }[]> {
    const model = new Bert(present.options, this.#seed).to(device);
    const answers: { step: number; answer: T }[] = [];
    try {
      if (now > 0) answers.push({ step: 0, answer: await ask(model) });
      for (const { step, weights } of this.#moments.filter(({ step }) => step < now)) {
        for (const [i, parameter] of model.parameters.all.entries()) parameter.write(weights[i]);
        answers.push({ step, answer: await ask(model) });
      }
    } finally {
      model.parameters.free();
    }
    return answers;
  }
}
