import { dropoutAdd } from '../autograd/ops/dropoutAdd.ts';
import type { ParameterScope } from '../autograd/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Attention } from './Attention.ts';
import { Dropout } from './Dropout.ts';
import { FFN } from './FFN.ts';
import { LayerNorm } from './LayerNorm.ts';
import type { ModelOptions } from './options.ts';

/**
 *     input  -> LN1 -> Attention -> Dropout1 -> (+ input)  -> middle
 *     middle -> LN2 -> FFN       -> Dropout2 -> (+ middle) -> Dropout3 -> output
 *
 * With norm `post`, LN1 and LN2 stand after the sums instead (Devlin et al. 2018).
 */
export class TFBlock {
  readonly LN1: LayerNorm;
  readonly Attention: Attention;
  readonly Dropout1: Dropout;
  readonly LN2: LayerNorm;
  readonly FFN: FFN;
  readonly Dropout2: Dropout;
  readonly Dropout3: Dropout;
  readonly #post: boolean;

  constructor(scope: ParameterScope, options: ModelOptions) {
    this.LN1 = new LayerNorm(scope.in('LN1'), options);
    this.Attention = new Attention(scope.in('Attention'), options);
    this.Dropout1 = new Dropout(scope.in('Dropout1'), 'Dropout1', options);
    this.LN2 = new LayerNorm(scope.in('LN2'), options);
    this.FFN = new FFN(scope.in('FFN'), options);
    this.Dropout2 = new Dropout(scope.in('Dropout2'), 'Dropout2', options);
    this.Dropout3 = new Dropout(scope.in('Dropout3'), 'Dropout3', options);
    this.#post = options.norm === 'post';
  }

  forward(input: Tensor, spans: Tensor): Tensor {
    return this.Dropout3.forward(this.#post ? this.#postNorm(input, spans) : this.#preNorm(input, spans)); // (batch, length, ES)
  }

  #preNorm(input: Tensor, spans: Tensor): Tensor {
    const attended = this.Attention.forward(this.LN1.forward(input), spans); // (batch, length, ES)
    const { sum: middle, norm } = this.LN2.forwardSum(input, attended, this.Dropout1); // (batch, length, ES) each
    const fed = this.FFN.forward(norm); // (batch, length, ES)
    return dropoutAdd(middle, fed, this.Dropout2.drawing(fed)); // (batch, length, ES)
  }

  #postNorm(input: Tensor, spans: Tensor): Tensor {
    const { norm: middle } = this.LN1.forwardSum(input, this.Attention.forward(input, spans), this.Dropout1); // (batch, length, ES)
    return this.LN2.forwardSum(middle, this.FFN.forward(middle), this.Dropout2).norm; // (batch, length, ES)
  }
}
