import { Bert } from '../../../src/bert/Bert.ts';
import type { Device } from '../../../src/kernels/device.ts';

/** The weights of an earlier step. */
interface Moment {
  readonly step: number;
  readonly weights: readonly Float32Array[];
}

const FIRST = 25;
/** Each remembered step is this many times the one before. */
const GROWTH = 4;
const MOST_BYTES = 2 ** 28;

/** Remembers a model's weights at a few steps, so that it can be asked what it would have answered then. */
export class History<Answer> {
  readonly #moments: Moment[] = [];
  readonly #seed: number;
  /** A second model, into which the weights of earlier steps are loaded. */
  #then: { readonly device: Device; readonly model: Bert } | undefined;
  /** What was answered to the last question. */
  #answered = { question: '', at: new Map<number, Answer>() };
  #next = FIRST;

  /** @param seed gives the weights of step 0 */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** To be called after each step: reads are enqueued at once, so that the weights are those of exactly this step. */
  async note(step: number, model: Bert): Promise<void> {
    if (step < this.#next) return;
    while (this.#next <= step) this.#next *= GROWTH;
    await this.#remember(step, model);
  }

  /** What `ask` answers at step 0 and at every remembered step before `now`. */
  async recall(
    question: string,
    device: Device,
    present: Bert,
    now: number,
    ask: (model: Bert) => Promise<Answer>,
  ): Promise<{ step: number; answer: Answer }[]> {
    if (this.#answered.question !== question) this.#answered = { question, at: new Map() };
    const { at } = this.#answered;
    if (this.#then?.device !== device) {
      this.#then = { device, model: new Bert(present.options, this.#seed).to(device) };
      if (this.#moments[0]?.step !== 0) await this.#remember(0, this.#then.model);
    }
    const { model } = this.#then;
    const earlier = this.#moments.filter(({ step }) => step < now);
    for (const { step, weights } of earlier) {
      if (at.has(step)) continue;
      for (const [i, parameter] of model.parameters.all.entries()) parameter.write(weights[i]);
      const asking = ask(model); // enqueued before anything else can change the weights
      at.set(step, await asking);
    }
    return earlier.flatMap(({ step }) => {
      const answer = at.get(step);
      return answer === undefined ? [] : [{ step, answer }];
    });
  }

  async #remember(step: number, { parameters }: Bert): Promise<void> {
    if ((this.#moments.length + 1) * parameters.size * 4 > MOST_BYTES) return;
    const reading = parameters.all.map((parameter) => parameter.read());
    const weights = (await Promise.all(reading)).map((values) => Float32Array.from(values));
    this.#moments.push({ step, weights });
    this.#moments.sort((a, b) => a.step - b.step);
  }
}
