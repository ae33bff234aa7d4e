import type { ParameterScope } from '../../autograd/parameters/parameters.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { Box } from '../box.ts';
import { Dropout } from '../Dropout.ts';
import type { Linear } from '../Linear.ts';
import type { ModelOptions } from '../options.ts';
import { Transform } from '../Transform.ts';
import type { HeadOptions } from './headOptions.ts';
import { labelScores } from './labelScores.ts';
import { Pooler } from './Pooler.ts';

/**
 * input -> Pooler -> Dropout -> LL -> output, as in Hugging Face's BertForSequenceClassification; or with a Transform in place of the
 * Pooler, as in ModernBertForSequenceClassification with `classifier_pooling: cls`.
 */
export class SequenceClassifier extends Box {
  readonly Pooler: Pooler | undefined;
  readonly transform: Transform | undefined;
  readonly Dropout: Dropout;
  readonly LL: Linear;

  constructor(scope: ParameterScope, options: ModelOptions, head: HeadOptions) {
    super(scope);
    if (head.transform) this.transform = new Transform(scope.in('transform'), options);
    else this.Pooler = new Pooler(scope.in('Pooler'), options);
    this.Dropout = new Dropout(scope.in('Dropout'), 'classifier', { dropout: head.dropout, dropoutAt: ['classifier'] });
    this.LL = labelScores(scope, options, head);
  }

  /** @param x (sequences, ES): the encoder's output at each [CLS] @returns (sequences, labels): scores */
  forward(x: Tensor): Tensor {
    if (this.Pooler) x = this.Pooler.forward(x); // (sequences, ES)
    if (this.transform) x = this.transform.forward(x); // (sequences, ES)
    return this.LL.forward(this.Dropout.forward(x)); // (sequences, labels)
  }
}
