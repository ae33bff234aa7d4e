import { gelu } from '../autograd/ops/gelu.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { outputShare } from './initialWeights.ts';
import { LayerNorm } from './LayerNorm.ts';
import { Linear } from './Linear.ts';
import type { ModelOptions } from './options.ts';

/** input -> LL -> GELU -> LN -> output: what comes before a decoder (Devlin et al. 2018), and begins a head of ModernBERT's classifiers. */
export class Transform extends Box {
  readonly LL: Linear;
  readonly LN: LayerNorm;
  readonly #gelu: ModelOptions['gelu'];

  constructor(scope: ParameterScope, options: ModelOptions) {
    super(scope);
    const { embeddingSize, transformBias, initialisation } = options;
    const share = outputShare(options);
    this.LL = new Linear(scope.in('LL'), embeddingSize, embeddingSize, transformBias, initialisation, share);
    this.LN = new LayerNorm(scope.in('LN'), options);
    this.#gelu = options.gelu;
  }

  /** (..., ES) -> (..., ES) */
  forward(x: Tensor): Tensor {
    return this.LN.forward(gelu(this.LL.forward(x), this.#gelu)); // (..., ES)
  }
}
