import { attentionContext } from '../autograd/ops/attentionContext.ts';
import { attentionScores } from '../autograd/ops/attentionScores.ts';
import { maskedSoftmax } from '../autograd/ops/maskedSoftmax.ts';
import type { ParameterScope } from '../autograd/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Dropout } from './Dropout.ts';
import { Linear } from './Linear.ts';
import type { ModelOptions } from './options.ts';

/**
 *     input -> LLQ, LLK, LLV; LLQ @ LLK' -> / sqrt(ES) -> softmax -> @ LLV -> LLO -> Dropout -> output
 *
 * in HC heads of HS = ES / HC columns each (Vaswani et al. 2017).
 */
export class Attention {
  readonly LLQ: Linear;
  readonly LLK: Linear;
  readonly LLV: Linear;
  readonly LLO: Linear;
  readonly probabilityDropout: Dropout;
  readonly Dropout: Dropout;
  readonly #heads: number;
  readonly #scale: number;

  constructor(scope: ParameterScope, options: ModelOptions) {
    const { embeddingSize, heads, biases, initialisation } = options;
    const square = (name: string): Linear =>
      new Linear(scope.in(name), embeddingSize, embeddingSize, biases, initialisation.linear);
    this.LLQ = square('LLQ');
    this.LLK = square('LLK');
    this.LLV = square('LLV');
    this.LLO = square('LLO');
    this.probabilityDropout = new Dropout(scope.in('probabilityDropout'), 'probabilities', options);
    this.Dropout = new Dropout(scope.in('Dropout'), 'attention', options);
    this.#heads = heads;
    this.#scale = 1 / Math.sqrt(options.attentionScale === 'embeddingSize' ? embeddingSize : embeddingSize / heads);
  }

  /** @param spans (batch, length, 2): the keys that each query may see, from start to before end */
  forward(input: Tensor, spans: Tensor): Tensor {
    const probabilities = this.probabilityDropout.forward(this.probabilities(input, spans)); // (batch, HC, length, length)
    const context = attentionContext(probabilities, this.LLV.forward(input)); // (batch, length, ES)
    return this.Dropout.forward(this.LLO.forward(context)); // (batch, length, ES)
  }

  /** How much each query takes of each key, head by head. */
  probabilities(input: Tensor, spans: Tensor): Tensor {
    const scores = attentionScores(this.LLQ.forward(input), this.LLK.forward(input), this.#heads, this.#scale); // (batch, HC, length, length)
    return maskedSoftmax(scores, spans); // (batch, HC, length, length)
  }
}
