import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';

/** A box of the diagram. The ops of its forward are recorded under its path in the model, such as `encoder.TF.0.Attention`. */
export abstract class Box {
  readonly #path: string;

  /** @param recomputable whether `train.recompute` may drop what forward makes, and make it again in backward */
  constructor({ path }: ParameterScope, recomputable = false) {
    this.#path = path;
    const forward = this.forward.bind(this);
    this.forward = (x, ...others) => this.inside(x, () => forward(x, ...others), recomputable);
  }

  abstract forward(x: Tensor, ...others: never[]): Tensor;

  /** Records the ops of `work` under this box, for methods other than forward. */
  protected inside<T>({ tape }: Tensor, work: () => T, recomputable = false): T {
    return tape ? tape.inBox(this.#path, work, recomputable) : work();
  }
}
