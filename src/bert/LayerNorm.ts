import { layerNorm } from '../autograd/ops/layerNorm.ts';
import type { Parameter } from '../autograd/parameters/parameter.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import type { ModelOptions } from './options.ts';

/** LN of the diagram: normalises each row to mean 0 and standard deviation 1, then applies the learned gamma and beta. */
export class LayerNorm extends Box {
  readonly gamma: Parameter;
  /** Learned, or zeros without norm biases. */
  readonly beta: Tensor;
  readonly #options: { epsilon: number; form: ModelOptions['normForm'] };

  constructor(scope: ParameterScope, { embeddingSize, normEpsilon, normForm, normBiases }: ModelOptions) {
    super(scope);
    this.gamma = scope.vector('gamma', embeddingSize, { constant: 1 });
    this.beta = normBiases
      ? scope.vector('beta', embeddingSize, { constant: 0 })
      : scope.constant('beta', [embeddingSize], new Float64Array(embeddingSize));
    this.#options = { epsilon: normEpsilon, form: normForm };
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.gamma, this.beta, this.#options); // (..., ES)
  }
}
