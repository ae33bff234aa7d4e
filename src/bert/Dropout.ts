import { dropout } from '../autograd/ops/dropout.ts';
import type { ParameterScope } from '../autograd/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { DropoutSite, ModelOptions } from './options.ts';

/** Dropout of the diagram: on while training, off while evaluating, nothing at sites where the options have none. */
export class Dropout {
  readonly #path: string;
  readonly #rate: number;

  constructor(scope: ParameterScope, site: DropoutSite, { dropout, dropoutAt }: ModelOptions) {
    this.#path = scope.path;
    this.#rate = dropoutAt.includes(site) ? dropout : 0;
  }

  forward(x: Tensor): Tensor {
    if (!x.tape?.training || this.#rate === 0) return x;
    return dropout(x, this.#rate, x.tape.key(this.#path));
  }
}
