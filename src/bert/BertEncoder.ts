import type { Queries } from '../autograd/ops/queries.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { Embedding } from './Embedding.ts';
import { LayerNorm } from './LayerNorm.ts';
import type { ModelOptions } from './options.ts';
import { TFBlock } from './TFBlock.ts';

/** input -> Embedding -> TF block x NL -> output */
export class BertEncoder extends Box {
  readonly Embedding: Embedding;
  readonly TF: readonly TFBlock[];
  readonly LN: LayerNorm | undefined;

  constructor(scope: ParameterScope, options: ModelOptions) {
    super(scope);
    this.Embedding = new Embedding(scope.in('Embedding'), options);
    this.TF = Array.from({ length: options.layers }, (_, i) => new TFBlock(scope.in(`TF.${i}`), options));
    if (options.finalNorm) this.LN = new LayerNorm(scope.in('LN'), options);
  }

  /**
   * @param ids (batch, length)
   * @param segments (batch, length)
   * @param queries the tokens whose output the last block computes; the other blocks compute all tokens
   * @returns (batch, length, ES), or (queries, ES)
   */
  forward(ids: Indices, segments: Indices, queries: Queries): Tensor {
    let x = this.Embedding.forward(ids, segments, queries.spans); // (batch, length, ES)
    for (const block of this.TF) x = block.forward(x, block === this.TF.at(-1) ? queries : queries.all); // (..., ES)
    return this.LN ? this.LN.forward(x) : x; // (..., ES)
  }
}
