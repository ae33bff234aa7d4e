import { BertrandError } from '../error.ts';
import { gatherSum } from '../autograd/ops/gatherSum.ts';
import type { Taken } from '../autograd/ops/gatherSum.ts';
import type { Parameter } from '../autograd/parameters/parameter.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import { Dropout } from './Dropout.ts';
import { LayerNorm } from './LayerNorm.ts';
import type { ModelOptions } from './options.ts';
import { sinusoid } from './sinusoid.ts';

/** ids -> token + position (fixed sinusoid) + segment -> Dropout -> output */
export class Embedding extends Box {
  /** (VS, ES) */
  readonly token: Parameter;
  /** (ML, ES): learned, or the fixed sinusoid */
  readonly position: Tensor;
  /** (segments, ES) */
  readonly segment: Parameter | undefined;
  readonly LN: LayerNorm | undefined;
  readonly Dropout: Dropout;
  readonly #maxLength: number;

  constructor(scope: ParameterScope, options: ModelOptions) {
    super(scope);
    const { vocabSize, maxLength, embeddingSize, segments } = options;
    const normal = { normal: options.initialisation.embedding };
    this.token = scope.matrix('token', [vocabSize, embeddingSize], normal);
    this.position =
      options.positions === 'learned'
        ? scope.matrix('position', [maxLength, embeddingSize], normal)
        : scope.constant('position', [maxLength, embeddingSize], sinusoid(maxLength, embeddingSize));
    if (segments > 0) this.segment = scope.matrix('segment', [segments, embeddingSize], normal);
    if (options.embeddingNorm) this.LN = new LayerNorm(scope.in('LN'), options);
    this.Dropout = new Dropout(scope.in('Dropout'), 'embedding', options);
    this.#maxLength = maxLength;
  }

  /**
   * @param ids (batch, length)
   * @param segments (batch, length)
   * @param spans (batch, length, 2): where each token's own sequence starts and ends (exclusive) within its row
   * @returns (batch, length, ES). Throws a BertrandError if a sequence is longer than ML
   */
  forward(ids: Indices, segments: Indices, spans: Indices): Tensor {
    const parts: Taken[] = this.segment ? [[this.segment, segments]] : [];
    let x = gatherSum([this.token, ids], [this.position, this.#positions(ids, spans)], ...parts); // (batch, length, ES)
    if (this.LN) x = this.LN.forward(x); // (batch, length, ES)
    return this.Dropout.forward(x); // (batch, length, ES)
  }

  /** Each token's position in its own sequence, from 0; 0 for padding, which no token attends to. */
  #positions(ids: Indices, { values: spans }: Indices): Indices {
    const length = ids.shape[1] ?? 0;
    const places = new Int32Array(ids.size);
    for (let i = 0; i < ids.size; i++) {
      const [start, end] = [spans[2 * i], spans[2 * i + 1]];
      if (end - start > this.#maxLength)
        throw new BertrandError(
          `a sequence of ${end - start} tokens is longer than the model's maximum, ${this.#maxLength}`,
          {
            advice: 'shorten it or raise maxLength',
          },
        );
      if (start < end) places[i] = (i % length) - start;
    }
    return (ids.tape as NonNullable<Indices['tape']>).input(places, ids.shape);
  }
}
