import { tanh } from '../../autograd/ops/arithmetic/tanh.ts';
import type { ParameterScope } from '../../autograd/parameters/parameters.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { Box } from '../box.ts';
import { Linear } from '../Linear.ts';
import type { ModelOptions } from '../options.ts';

/** input -> LL -> tanh -> output: what [CLS] says of its whole sequence (Devlin et al. 2018). */
export class Pooler extends Box {
  readonly LL: Linear;

  constructor(scope: ParameterScope, { embeddingSize, initialisation }: ModelOptions) {
    super(scope);
    this.LL = new Linear(scope.in('LL'), embeddingSize, embeddingSize, true, initialisation);
  }

  /** (sequences, ES) -> (sequences, ES) */
  forward(x: Tensor): Tensor {
    return tanh(this.LL.forward(x)); // (sequences, ES)
  }
}
