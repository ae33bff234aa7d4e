import { geglu } from '../autograd/ops/geglu.ts';
import { gelu } from '../autograd/ops/gelu.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { Dropout } from './Dropout.ts';
import { outputShare } from './initialWeights.ts';
import { Linear } from './Linear.ts';
import type { ModelOptions } from './options.ts';

/** input -> LL1 -> GELU -> Dropout -> LL2 -> output; with a gate, GELU of one half of LL1's outputs is multiplied by the other */
export class FFN extends Box {
  readonly LL1: Linear;
  readonly LL2: Linear;
  readonly Dropout: Dropout;
  readonly #activation: typeof gelu;
  readonly #gelu: ModelOptions['gelu'];

  constructor(scope: ParameterScope, options: ModelOptions) {
    super(scope);
    const { embeddingSize, feedForwardSize, biases, initialisation } = options;
    const gated = options.feedForward === 'geglu';
    const width = gated ? 2 * feedForwardSize : feedForwardSize;
    this.LL1 = new Linear(scope.in('LL1'), embeddingSize, width, biases, initialisation);
    const share = outputShare(options);
    this.LL2 = new Linear(scope.in('LL2'), feedForwardSize, embeddingSize, biases, initialisation, share);
    this.Dropout = new Dropout(scope.in('Dropout'), 'feedForward', options);
    this.#activation = gated ? geglu : gelu;
    this.#gelu = options.gelu;
  }

  forward(input: Tensor): Tensor {
    return this.LL2.forward(this.Dropout.forward(this.#activation(this.LL1.forward(input), this.#gelu))); // (..., ES)
  }
}
