import { attention } from '../autograd/ops/attention.ts';
import type { Queries } from '../autograd/ops/queries.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { Dropout } from './Dropout.ts';
import { outputShare } from './initialWeights.ts';
import { Linear } from './Linear.ts';
import type { ModelOptions } from './options.ts';
import type { Rotary } from './Rotary.ts';

/**
 *     input -> LLQ, LLK, LLV; LLQ @ LLK' -> / sqrt(ES) -> softmax -> @ LLV -> LLO -> Dropout -> output
 *
 * with HC heads of HS = ES / HC columns each (Vaswani et al. 2017). With rotary positions LLQ's and LLK's outputs are rotated first.
 */
export class Attention extends Box {
  readonly LLQ: Linear;
  readonly LLK: Linear;
  readonly LLV: Linear;
  readonly LLO: Linear;
  readonly probabilityDropout: Dropout;
  readonly Dropout: Dropout;
  readonly #heads: number;
  readonly #scale: number;
  readonly #rotary: Rotary | undefined;

  constructor(scope: ParameterScope, options: ModelOptions, rotary?: Rotary) {
    super(scope);
    const { embeddingSize, heads, biases, initialisation } = options;
    const square = (name: string, share = 1): Linear =>
      new Linear(scope.in(name), embeddingSize, embeddingSize, biases, initialisation, share);
    this.LLQ = square('LLQ');
    this.LLK = square('LLK');
    this.LLV = square('LLV');
    this.LLO = square('LLO', outputShare(options));
    this.probabilityDropout = new Dropout(scope.in('probabilityDropout'), 'probabilities', options);
    this.Dropout = new Dropout(scope.in('Dropout'), 'attention', options);
    this.#heads = heads;
    this.#scale = 1 / Math.sqrt(options.attentionScale === 'embeddingSize' ? embeddingSize : embeddingSize / heads);
    this.#rotary = rotary;
  }

  /** (batch, length, ES) -> (batch, length, ES), or (queries, ES) if only some tokens are queries */
  forward(input: Tensor, queries: Queries): Tensor {
    const key = this.#rotated(this.LLK.forward(input), queries.all); // (batch, length, ES)
    const value = this.LLV.forward(input); // (batch, length, ES)
    const query = this.#rotated(this.LLQ.forward(queries.of(input)), queries); // (..., ES)
    const dropout = this.probabilityDropout.mask(input);
    const context = attention(query, key, value, queries, { heads: this.#heads, scale: this.#scale, dropout }); // (..., ES)
    return this.Dropout.forward(this.LLO.forward(context)); // (..., ES)
  }

  #rotated(x: Tensor, rows: Queries): Tensor {
    return this.#rotary ? this.#rotary.turned(x, rows.positions) : x;
  }
}
