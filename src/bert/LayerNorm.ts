import { layerNorm } from '../autograd/ops/layerNorm.ts';
import type { Parameter } from '../autograd/parameters/parameter.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import type { ModelOptions } from './options.ts';

/** LN of the diagram: normalises each row to mean 0 and standard deviation 1, then applies the learned gamma and beta. */
export class LayerNorm extends Box {
  readonly gamma: Parameter;
  readonly beta: Parameter;
  readonly #options: { epsilon: number; form: ModelOptions['normForm'] };

  constructor(scope: ParameterScope, { embeddingSize, normEpsilon, normForm }: ModelOptions) {
    super(scope);
    this.gamma = scope.vector('gamma', embeddingSize, { constant: 1 });
    this.beta = scope.vector('beta', embeddingSize, { constant: 0 });
    this.#options = { epsilon: normEpsilon, form: normForm };
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.gamma, this.beta, this.#options); // (..., ES)
  }
}
