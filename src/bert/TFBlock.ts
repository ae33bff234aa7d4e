import { dropoutAdd } from '../autograd/ops/fused/dropoutAdd.ts';
import { gather } from '../autograd/ops/gather.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
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

  /**
   * @param only the tokens whose output is wanted (wanted); all by default. The others serve as keys and values alone.
   * @returns (batch, length, ES), or (wanted, ES)
   */
  forward(input: Tensor, spans: Tensor, only?: Indices): Tensor {
    const output = this.#post ? this.#postNorm(input, spans, only) : this.#preNorm(input, spans, only);
    return this.Dropout3.forward(output); // (..., ES)
  }

  #preNorm(input: Tensor, spans: Tensor, only?: Indices): Tensor {
    const attended = this.Attention.forward(this.LN1.forward(input), spans, only); // (..., ES)
    const residual = only ? gather(input, only) : input; // (..., ES)
    const { sum: middle, norm } = this.LN2.forwardSum(residual, attended, this.Dropout1); // (..., ES) each
    const fed = this.FFN.forward(norm); // (..., ES)
    return dropoutAdd(middle, fed, this.Dropout2.mask(fed)); // (..., ES)
  }

  #postNorm(input: Tensor, spans: Tensor, only?: Indices): Tensor {
    const attended = this.Attention.forward(input, spans, only); // (..., ES)
    const residual = only ? gather(input, only) : input; // (..., ES)
    const { norm: middle } = this.LN1.forwardSum(residual, attended, this.Dropout1); // (..., ES)
    return this.LN2.forwardSum(middle, this.FFN.forward(middle), this.Dropout2).norm; // (..., ES)
  }
}
