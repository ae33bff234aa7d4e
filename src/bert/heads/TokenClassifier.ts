import type { ParameterScope } from '../../autograd/parameters/parameters.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { Box } from '../box.ts';
import { Dropout } from '../Dropout.ts';
import type { Linear } from '../Linear.ts';
import type { ModelOptions } from '../options.ts';
import { Transform } from '../Transform.ts';
import type { HeadOptions } from './headOptions.ts';
import { labelScores } from './labelScores.ts';

/**
 * input -> Dropout -> LL -> output, as in Hugging Face's BertForTokenClassification; or after a Transform, as in
 * ModernBertForTokenClassification.
 */
export class TokenClassifier extends Box {
  readonly transform: Transform | undefined;
  readonly Dropout: Dropout;
  readonly LL: Linear;

  constructor(scope: ParameterScope, options: ModelOptions, head: HeadOptions) {
    super(scope);
    if (head.transform) this.transform = new Transform(scope.in('transform'), options);
    this.Dropout = new Dropout(scope.in('Dropout'), 'classifier', { dropout: head.dropout, dropoutAt: ['classifier'] });
    this.LL = labelScores(scope, options, head);
  }

  /** @param x (tokens, ES): the encoder's output at the tokens to label @returns (tokens, labels): scores */
  forward(x: Tensor): Tensor {
    if (this.transform) x = this.transform.forward(x); // (tokens, ES)
    return this.LL.forward(this.Dropout.forward(x)); // (tokens, labels)
  }
}
