import { headProducts } from './heads.ts';
import { deferredOp } from '../op.ts';
import { expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * scores[b, h] = scale * query[b, h] @ key[b, h]' (Vaswani et al. 2017).
 * @param query (batch, length, ES)
 * @param key (batch, length, ES)
 * @returns (batch, heads, length, length)
 */
export const attentionScores = deferredOp<[query: Tensor, key: Tensor, heads: number, scale: number]>(
  'attentionScores',
  (query, key, heads) => {
    expectShape('attentionScores', 'key', key.shape, query.shape);
    const { batch, length } = headProducts('attentionScores', query.shape, heads);
    return [batch, heads, length, length];
  },
  (launch, query, key, heads, scale) => {
    const { toSquares, toColumns } = headProducts('attentionScores', query.shape, heads);
    return {
      output: launch('matmul', { a: query, b: key }, toSquares(scale)).c,
      backward: (dy, launch) => [
        launch('matmul', { a: dy, b: key }, toColumns(scale)).c, // (batch, length, ES)
        launch('matmul', { a: dy, b: query }, toColumns(scale, true)).c, // (batch, length, ES)
      ],
      saved: [query, key],
    };
  },
);
