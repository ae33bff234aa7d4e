import { headLayouts } from '../heads.ts';
import { matmulParameters } from '../matmulParameters.ts';
import { op } from '../op.ts';
import { expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * context[b, h] = probabilities[b, h] @ value[b, h] (Vaswani et al. 2017).
 * @param probabilities (batch, heads, length, length)
 * @param value (batch, length, ES)
 * @returns (batch, length, ES), the heads side by side
 */
export const attentionContext = op('attentionContext', (run, probabilities: Tensor, value: Tensor) => {
  const heads = probabilities.shape[1] ?? 1;
  const { batch, length, headSize, columns, square } = headLayouts('attentionContext', value, heads);
  expectShape('attentionContext', 'probabilities', probabilities.shape, [batch, heads, length, length]);
  const batches = { outer: batch, inner: heads };
  const weighted = { ...batches, m: length, n: headSize, k: length, a: square, b: columns, c: columns };
  return {
    output: run('matmul', { a: probabilities, b: value }, matmulParameters(weighted)).c,
    shape: value.shape,
    backward: (dy, run) => [
      run(
        'matmul',
        { a: dy, b: value },
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
      ).c, // (batch, heads, length, length)
      run('matmul', { a: probabilities, b: dy }, matmulParameters({ ...weighted, transposeA: true })).c, // (batch, length, ES)
    ],
  };
});
