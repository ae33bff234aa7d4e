import { BertrandError } from '../error.ts';
import { gatherSum } from '../autograd/ops/gatherSum.ts';
import type { Taken } from '../autograd/ops/gatherSum.ts';
import type { Queries } from '../autograd/ops/queries.ts';
import type { Parameter } from '../autograd/parameters/parameter.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { Dropout } from './Dropout.ts';
import { normalWeights } from './initialWeights.ts';
import { LayerNorm } from './LayerNorm.ts';
import type { ModelOptions } from './options.ts';
import { sinusoid } from './sinusoid.ts';

/** ids -> token + position (fixed sinusoid) + segment -> Dropout -> output; with rotary positions there is none here */
export class Embedding extends Box {
  /** (VS, ES) */
  readonly token: Parameter;
  /** (ML, ES): learned, or the fixed sinusoid; undefined if positions are rotary */
  readonly position: Tensor | undefined;
  /** (segments, ES) */
  readonly segment: Parameter | undefined;
  readonly LN: LayerNorm | undefined;
  readonly Dropout: Dropout;
  readonly #maxLength: number;

  constructor(scope: ParameterScope, options: ModelOptions) {
    super(scope);
    const { vocabSize, maxLength, embeddingSize, segments } = options;
    const normal = normalWeights(options.initialisation.embedding, options.initialisation);
    this.token = scope.matrix('token', [vocabSize, embeddingSize], normal);
    if (options.positions === 'learned') this.position = scope.matrix('position', [maxLength, embeddingSize], normal);
    if (options.positions === 'sinusoid')
      this.position = scope.constant('position', [maxLength, embeddingSize], sinusoid(maxLength, embeddingSize));
    if (segments > 0) this.segment = scope.matrix('segment', [segments, embeddingSize], normal);
    if (options.embeddingNorm) this.LN = new LayerNorm(scope.in('LN'), options);
    this.Dropout = new Dropout(scope.in('Dropout'), 'embedding', options);
    this.#maxLength = maxLength;
  }

  /**
   * @param ids (batch, length)
   * @param segments (batch, length)
   * @param queries say where each token's own sequence starts and ends
   * @returns (batch, length, ES). Throws a BertrandError if a sequence is longer than ML
   */
  forward(ids: Indices, segments: Indices, queries: Queries): Tensor {
    this.#expectFit(queries.spans);
    const parts: Taken[] = this.position ? [[this.position, queries.all.positions]] : [];
    if (this.segment) parts.push([this.segment, segments]);
    let x = gatherSum([this.token, ids], ...parts); // (batch, length, ES)
    if (this.LN) x = this.LN.forward(x); // (batch, length, ES)
    return this.Dropout.forward(x); // (batch, length, ES)
  }

  #expectFit({ values: spans }: Indices): void {
    for (let i = 0; i < spans.length; i += 2) {
      const length = spans[i + 1] - spans[i];
      if (length > this.#maxLength)
        throw new BertrandError(
          `a sequence of ${length} tokens is longer than the model's maximum, ${this.#maxLength}`,
          { advice: 'shorten it or raise maxLength' },
        );
    }
  }
}
