import { linear } from '../autograd/ops/linear.ts';
import type { Parameter } from '../autograd/parameters/parameter.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import type { Initialisation } from './options.ts';

/** LL of the diagram: y = x @ weight' + bias. */
export class Linear extends Box {
  /** (outputs, inputs) */
  readonly weight: Parameter;
  /** (outputs) */
  readonly bias: Parameter | undefined;

  constructor(scope: ParameterScope, inputs: number, outputs: number, biases: boolean, from: Initialisation['linear']) {
    super(scope);
    const initialise = from === 'uniform' ? { uniform: 1 / Math.sqrt(inputs) } : { normal: from };
    this.weight = scope.matrix('weight', [outputs, inputs], initialise);
    if (biases) this.bias = scope.vector('bias', outputs, from === 'uniform' ? initialise : { constant: 0 });
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias); // (..., inputs) -> (..., outputs)
  }
}
