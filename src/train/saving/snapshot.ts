import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Shape } from '../../autograd/shape.ts';
import { readParameters } from '../modelState.ts';
import type { HostTensors } from '../modelState.ts';
import type { Optimizer } from '../optimizer/optimizer.ts';
import { averaged } from '../optimizer/weightAverage.ts';
import type { WeightAverage } from '../optimizer/weightAverage.ts';
import { TensorFile } from '../run/safetensors/tensorFile.ts';

/** A moment of training, of which files can be written while training goes on. */
export interface Moment {
  readonly model: HostTensors;
  readonly optimizer: HostTensors;
  readonly optimizerSteps: number;
}

/** Takes copies of weights and optimizer, the weights' average in their place where there is one, each in place of the one before: memory for one is kept. */
export class Snapshot {
  readonly #parameters: Parameters;
  readonly #optimizer: Optimizer;
  readonly #average: WeightAverage | undefined;
  #model: TensorFile | undefined;
  #moments: TensorFile | undefined;

  constructor(parameters: Parameters, optimizer: Optimizer, average?: WeightAverage) {
    this.#parameters = parameters;
    this.#optimizer = optimizer;
    this.#average = average;
  }

  /**
   * Copies, once all that is enqueued is done.
   * @param keeps whether this rank is the one that has use for it; of a shared optimizer all ranks have to ask
   */
  async take(keeps = true): Promise<Moment | undefined> {
    if (!keeps) {
      if (this.#optimizer.isShared) await this.#optimizer.state();
      return undefined;
    }
    const shapes = new Map<string, Shape>(this.#parameters.all.map(({ name, shape }) => [name, shape]));
    this.#model ??= new TensorFile(shapes);
    const average = this.#average;
    this.#moments ??= new TensorFile(new Map([...this.#optimizer.shapes, ...(average?.shapes ?? [])]));
    await averaged(average, () => readParameters(this.#parameters, this.#model));
    await average?.readRaw(this.#moments);
    const { steps } = await this.#optimizer.state(this.#moments);
    return { model: this.#model, optimizer: this.#moments, optimizerSteps: steps };
  }
}
