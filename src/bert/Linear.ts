import { linear } from '../autograd/ops/linear.ts';
import type { Parameter } from '../autograd/parameters/parameter.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { normalWeights } from './initialWeights.ts';
import type { Initialisation } from './options.ts';

/** LL of the diagram: y = x @ weight' + bias. */
export class Linear extends Box {
  /** (outputs, inputs) */
  readonly weight: Parameter;
  /** (outputs) */
  readonly bias: Parameter | undefined;

  /** @param share by what its initial weights are multiplied, and its biases where they are uniform */
  constructor(
    scope: ParameterScope,
    inputs: number,
    outputs: number,
    biases: boolean,
    from: Initialisation,
    share = 1,
  ) {
    super(scope);
    const uniform = from.linear === 'uniform' ? { uniform: share / Math.sqrt(inputs) } : undefined;
    const weights = uniform ?? normalWeights(share * Number(from.linear), from);
    this.weight = scope.matrix('weight', [outputs, inputs], weights);
    if (biases) this.bias = scope.vector('bias', outputs, uniform ?? { constant: 0 });
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias); // (..., inputs) -> (..., outputs)
  }
}
