import type { ParameterScope } from '../../autograd/parameters/parameters.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { Box } from '../box.ts';
import { Dropout } from '../Dropout.ts';
import { Linear } from '../Linear.ts';
import type { ModelOptions } from '../options.ts';
import type { HeadOptions } from './headOptions.ts';

/** input -> Dropout -> LL -> output, as in Hugging Face's BertForTokenClassification. */
export class TokenClassifier extends Box {
  readonly Dropout: Dropout;
  readonly LL: Linear;

  constructor(scope: ParameterScope, options: ModelOptions, { labels, dropout }: HeadOptions) {
    super(scope);
    this.Dropout = new Dropout(scope.in('Dropout'), 'classifier', { dropout, dropoutAt: ['classifier'] });
    this.LL = new Linear(scope.in('LL'), options.embeddingSize, labels, true, options.initialisation);
  }

  /** @param x (tokens, ES): the encoder's output at the tokens to label @returns (tokens, labels): scores */
  forward(x: Tensor): Tensor {
    return this.LL.forward(this.Dropout.forward(x)); // (tokens, labels)
  }
}
