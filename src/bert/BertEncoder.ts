import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import { Embedding } from './Embedding.ts';
import { LayerNorm } from './LayerNorm.ts';
import type { ModelOptions } from './options.ts';
import { TFBlock } from './TFBlock.ts';

/** input -> Embedding -> TF block x NL -> output */
export class BertEncoder {
  readonly Embedding: Embedding;
  readonly TF: readonly TFBlock[];
  readonly LN: LayerNorm | undefined;

  constructor(scope: ParameterScope, options: ModelOptions) {
    this.Embedding = new Embedding(scope.in('Embedding'), options);
    this.TF = Array.from({ length: options.layers }, (_, i) => new TFBlock(scope.in(`TF.${i}`), options));
    if (options.finalNorm) this.LN = new LayerNorm(scope.in('LN'), options);
  }

  /**
   * @param ids (batch, length)
   * @param segments (batch, length)
   * @param spans (batch, length, 2): where each token's own sequence begins and ends in its row: the keys that it may see
   * @param only the tokens whose output is wanted (wanted), so that the last block need not compute the others; all by default
   * @returns (batch, length, ES), or (wanted, ES)
   */
  forward(ids: Indices, segments: Indices, spans: Indices, only?: Indices): Tensor {
    let x = this.Embedding.forward(ids, segments, spans); // (batch, length, ES)
    for (const block of this.TF) x = block.forward(x, spans, block === this.TF.at(-1) ? only : undefined); // (..., ES)
    return this.LN ? this.LN.forward(x) : x; // (..., ES)
  }
}
