import { crossEntropy } from '../autograd/ops/crossEntropy.ts';
import { gelu } from '../autograd/ops/gelu.ts';
import { linear } from '../autograd/ops/linear.ts';
import { softmax } from '../autograd/ops/softmax.ts';
import type { Parameter } from '../autograd/parameters/parameter.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { outputShare } from './initialWeights.ts';
import { LayerNorm } from './LayerNorm.ts';
import { Linear } from './Linear.ts';
import type { ModelOptions } from './options.ts';

/** input -> LL -> softmax -> output */
export class BertDecoder extends Box {
  /** LL's matrix (VS, ES): its own, or the token embedding when tied. */
  readonly weight: Parameter;
  /** (VS) */
  readonly bias: Parameter;
  readonly transform: { readonly LL: Linear; readonly LN: LayerNorm } | undefined;
  readonly #gelu: ModelOptions['gelu'];

  constructor(scope: ParameterScope, options: ModelOptions, token: Parameter) {
    super(scope);
    const { embeddingSize, vocabSize, initialisation } = options;
    const share = outputShare(options);
    if (options.decoderTransform)
      this.transform = {
        LL: new Linear(
          scope.in('transform.LL'),
          embeddingSize,
          embeddingSize,
          options.transformBias,
          initialisation,
          share,
        ),
        LN: new LayerNorm(scope.in('transform.LN'), options),
      };
    if (options.decoder === 'tied') {
      this.weight = token;
      this.bias = scope.in('LL').vector('bias', vocabSize, { constant: 0 });
    } else {
      const LL = new Linear(scope.in('LL'), embeddingSize, vocabSize, true, initialisation, share);
      this.weight = LL.weight;
      this.bias = LL.bias as Parameter;
    }
    this.#gelu = options.gelu;
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
    return this.transform ? this.transform.LN.forward(gelu(this.transform.LL.forward(input), this.#gelu)) : input; // (..., ES)
  }

  /** The probability of each token of the vocabulary. @param input (..., ES) @returns (..., VS) */
  forward(input: Tensor): Tensor {
    return softmax(this.logits(input)); // (..., ES) -> (..., VS)
  }
}
