import { headLayouts } from '../heads.ts';
import { matmulParameters } from '../matmulParameters.ts';
import { op } from '../op.ts';
import { expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * scores[b, h] = scale * query[b, h] @ key[b, h]' (Vaswani et al. 2017).
 * @param query (batch, length, ES)
 * @param key (batch, length, ES)
 * @returns (batch, heads, length, length)
 */
export const attentionScores = op(
  'attentionScores',
  (run, query: Tensor, key: Tensor, heads: number, scale: number) => {
    expectShape('attentionScores', 'key', key.shape, query.shape);
    const { batch, length, headSize, columns, square } = headLayouts('attentionScores', query, heads);
    const batches = { outer: batch, inner: heads, scale };
    const back = { ...batches, m: length, n: headSize, k: length, a: square, b: columns, c: columns };
    return {
      output: run(
        'matmul',
        { a: query, b: key },
        matmulParameters({
          ...batches,
          m: length,
          n: length,
          k: headSize,
          transposeB: true,
          a: columns,
          b: columns,
          c: square,
        }),
      ).c,
      shape: [batch, heads, length, length],
      backward: (dy, run) => [
        run('matmul', { a: dy, b: key }, matmulParameters(back)).c, // (batch, length, ES)
        run('matmul', { a: dy, b: query }, matmulParameters({ ...back, transposeA: true })).c, // (batch, length, ES)
      ],
    };
  },
);
