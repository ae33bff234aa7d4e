import type { Queries } from '../autograd/ops/queries.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { Embedding } from './Embedding.ts';
import { LayerNorm } from './LayerNorm.ts';
import { isLocal, reachOf } from './localBlocks.ts';
import type { ModelOptions } from './options.ts';
import { Rotary } from './Rotary.ts';
import { TFBlock } from './TFBlock.ts';

/** input -> Embedding -> TF block x NL -> output */
export class BertEncoder extends Box {
  readonly Embedding: Embedding;
  readonly TF: readonly TFBlock[];
  readonly LN: LayerNorm | undefined;
  /** How far a token sees in local blocks; undefined if there are none. */
  readonly #reach: number | undefined;

  constructor(scope: ParameterScope, options: ModelOptions) {
    super(scope);
    const { layers, positions, rotaryBase, localRotaryBase } = options;
    this.Embedding = new Embedding(scope.in('Embedding'), options);
    const local = Array.from({ length: layers }, (_, i) => isLocal(options, i));
    const rotaryFor = (those: boolean, base: number): Rotary | undefined =>
      positions === 'rotary' && local.includes(those) ? new Rotary(scope.in('Rotary'), options, base) : undefined;
    const [globalRotary, localRotary] = [rotaryFor(false, rotaryBase), rotaryFor(true, localRotaryBase)];
    this.TF = local.map((near, i) => new TFBlock(scope.in(`TF.${i}`), options, i, near ? localRotary : globalRotary));
    if (options.finalNorm) this.LN = new LayerNorm(scope.in('LN'), options);
    if (local.includes(true)) this.#reach = reachOf(options);
  }

  /**
   * @param ids (batch, length)
   * @param segments (batch, length)
   * @param queries the tokens whose output the last block computes; the other blocks compute all tokens
   * @returns (batch, length, ES), or (queries, ES)
   */
  forward(ids: Indices, segments: Indices, queries: Queries): Tensor {
    let x = this.Embedding.forward(ids, segments, queries); // (batch, length, ES)
    const near = this.#reach === undefined ? queries : queries.within(this.#reach);
    for (const block of this.TF) {
      const seen = block.isLocal ? near : queries;
      x = block.forward(x, block === this.TF.at(-1) ? seen : seen.all); // (..., ES)
    }
    return this.LN ? this.LN.forward(x) : x; // (..., ES)
  }
}
