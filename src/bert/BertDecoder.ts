import { crossEntropy } from '../autograd/ops/crossEntropy.ts';
import { linear } from '../autograd/ops/linear.ts';
import { softmax } from '../autograd/ops/softmax.ts';
import type { Parameter } from '../autograd/parameters/parameter.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { outputShare } from './initialWeights.ts';
import { Linear } from './Linear.ts';
import type { ModelOptions } from './options.ts';
import { Transform } from './Transform.ts';

/** input -> LL -> softmax -> output */
export class BertDecoder extends Box {
  /** LL's matrix (VS, ES): its own, or the token embedding when tied. */
  readonly weight: Parameter;
  /** (VS) */
  readonly bias: Parameter;
  readonly transform: Transform | undefined;

  constructor(scope: ParameterScope, options: ModelOptions, token: Parameter) {
    super(scope);
    const { embeddingSize, vocabSize, initialisation } = options;
    if (options.decoderTransform) this.transform = new Transform(scope.in('transform'), options);
    if (options.decoder === 'tied') {
      this.weight = token;
      this.bias = scope.in('LL').vector('bias', vocabSize, { constant: 0 });
    } else {
      const LL = new Linear(scope.in('LL'), embeddingSize, vocabSize, true, initialisation, outputShare(options));
      this.weight = LL.weight;
      this.bias = LL.bias as Parameter;
    }
  }

  /** The scores before softmax. @param input (..., ES) @returns (..., VS) */
  logits(input: Tensor): Tensor {
    return this.inside(input, () => linear(this.#transformed(input), this.weight, this.bias)); // (..., VS)
  }

  /**
   * The cross-entropy of each row in nats.
   * @param input (rows, ES)
   * @param labels (rows)
   * @returns (rows)
   */
  losses(input: Tensor, labels: Indices): Tensor {
    return crossEntropy(this.logits(input), labels); // (rows)
  }

  #transformed(input: Tensor): Tensor {
    return this.transform ? this.transform.forward(input) : input; // (..., ES)
  }

  /** The probability of each token of the vocabulary. @param input (..., ES) @returns (..., VS) */
  forward(input: Tensor): Tensor {
    return softmax(this.logits(input)); // (..., ES) -> (..., VS)
  }
}
