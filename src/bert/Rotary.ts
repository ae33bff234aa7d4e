import { rotate } from '../autograd/ops/rotate.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import type { ModelOptions } from './options.ts';
import { rotaryAngles } from './rotaryAngles.ts';

/** Rotary positions (Su et al. 2021), in place of a position embedding: queries and keys turn by their positions. */
export class Rotary {
  /** (ML, HS): cosines, then sines */
  readonly #table: Tensor;
  readonly #heads: number;

  /** @param base pair i of HS/2 turns by base^(-2i/HS) from one position to the next */
  constructor(scope: ParameterScope, { maxLength, embeddingSize, heads }: ModelOptions, base: number) {
    const headSize = embeddingSize / heads;
    this.#table = scope.constant('table', [maxLength, headSize], rotaryAngles(maxLength, headSize, base));
    this.#heads = heads;
  }

  /** @param x (..., ES) @param positions one for each row of x @returns (..., ES) */
  turned(x: Tensor, positions: Indices): Tensor {
    return rotate(x, this.#table, positions, this.#heads);
  }
}
