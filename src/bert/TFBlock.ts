import { add } from '../autograd/ops/arithmetic/add.ts';
import type { Queries } from '../autograd/ops/queries.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { Attention } from './Attention.ts';
import { Dropout } from './Dropout.ts';
import { FFN } from './FFN.ts';
import { LayerNorm } from './LayerNorm.ts';
import { isLocal } from './localBlocks.ts';
import type { ModelOptions } from './options.ts';
import type { Rotary } from './Rotary.ts';

/**
 *     input  -> LN1 -> Attention -> Dropout1 -> (+ input)  -> middle
 *     middle -> LN2 -> FFN       -> Dropout2 -> (+ middle) -> Dropout3 -> output
 *
 * With norm `post`, LN1 and LN2 come after the sums instead (Devlin et al. 2018). Without `firstNorm` the first block has no LN1.
 */
export class TFBlock extends Box {
  readonly LN1: LayerNorm | undefined;
  readonly Attention: Attention;
  readonly Dropout1: Dropout;
  readonly LN2: LayerNorm;
  readonly FFN: FFN;
  readonly Dropout2: Dropout;
  readonly Dropout3: Dropout;
  /** Whether its tokens see only those within a window. */
  readonly isLocal: boolean;
  readonly #post: boolean;

  /** @param number the block's, from 0 */
  constructor(scope: ParameterScope, options: ModelOptions, number: number, rotary?: Rotary) {
    super(scope, true);
    if (options.firstNorm || number > 0) this.LN1 = new LayerNorm(scope.in('LN1'), options);
    this.Attention = new Attention(scope.in('Attention'), options, rotary);
    this.Dropout1 = new Dropout(scope.in('Dropout1'), 'Dropout1', options);
    this.LN2 = new LayerNorm(scope.in('LN2'), options);
    this.FFN = new FFN(scope.in('FFN'), options);
    this.Dropout2 = new Dropout(scope.in('Dropout2'), 'Dropout2', options);
    this.Dropout3 = new Dropout(scope.in('Dropout3'), 'Dropout3', options);
    this.isLocal = isLocal(options, number);
    this.#post = options.norm === 'post';
  }

  /** (batch, length, ES) -> (batch, length, ES), or (queries, ES) if only some tokens are queries */
  forward(x: Tensor, queries: Queries): Tensor {
    if (this.#post) {
      x = this.#first(add(this.Dropout1.forward(this.Attention.forward(x, queries)), queries.of(x))); // (..., ES)
      x = this.LN2.forward(add(this.Dropout2.forward(this.FFN.forward(x)), x)); // (..., ES)
    } else {
      x = add(this.Dropout1.forward(this.Attention.forward(this.#first(x), queries)), queries.of(x)); // (..., ES)
      x = add(this.Dropout2.forward(this.FFN.forward(this.LN2.forward(x))), x); // (..., ES)
    }
    return this.Dropout3.forward(x); // (..., ES)
  }

  #first(x: Tensor): Tensor {
    return this.LN1 ? this.LN1.forward(x) : x;
  }
}
