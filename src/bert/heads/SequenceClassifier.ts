import type { ParameterScope } from '../../autograd/parameters/parameters.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { Box } from '../box.ts';
import { Dropout } from '../Dropout.ts';
import { Linear } from '../Linear.ts';
import type { ModelOptions } from '../options.ts';
import type { HeadOptions } from './headOptions.ts';
import { Pooler } from './Pooler.ts';

/** input -> Pooler -> Dropout -> LL -> output, as in Hugging Face's BertForSequenceClassification. */
export class SequenceClassifier extends Box {
  readonly Pooler: Pooler;
  readonly Dropout: Dropout;
  readonly LL: Linear;

  constructor(scope: ParameterScope, options: ModelOptions, { labels, dropout }: HeadOptions) {
    super(scope);
    this.Pooler = new Pooler(scope.in('Pooler'), options);
    this.Dropout = new Dropout(scope.in('Dropout'), 'classifier', { dropout, dropoutAt: ['classifier'] });
    this.LL = new Linear(scope.in('LL'), options.embeddingSize, labels, true, options.initialisation);
  }

  /** @param x (sequences, ES): the encoder's output at each [CLS] @returns (sequences, labels): scores */
  forward(x: Tensor): Tensor {
    return this.LL.forward(this.Dropout.forward(this.Pooler.forward(x))); // (sequences, labels)
  }
}
