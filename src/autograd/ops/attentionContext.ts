import { headProducts } from './heads.ts';
import { deferredOp } from '../op.ts';
import { expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * context[b, h] = probabilities[b, h] @ value[b, h] (Vaswani et al. 2017).
 * @param probabilities (batch, heads, length, length)
 * @param value (batch, length, ES)
 * @returns (batch, length, ES), with the heads side by side
 */
export const attentionContext = deferredOp(
  'attentionContext',
  (probabilities: Tensor, value: Tensor) => {
    const heads = probabilities.shape[1] ?? 1;
    const { batch, length } = headProducts('attentionContext', value.shape, heads);
    expectShape('attentionContext', 'probabilities', probabilities.shape, [batch, heads, length, length]);
    return value.shape;
  },
  (launch, probabilities, value) => {
    const { toSquares, toColumns } = headProducts('attentionContext', value.shape, probabilities.shape[1]);
    return {
      output: launch('matmul', { a: probabilities, b: value }, toColumns(1)).c,
      backward: (dy, launch) => [
        launch('matmul', { a: dy, b: value }, toSquares(1)).c, // (batch, heads, length, length)
        launch('matmul', { a: probabilities, b: dy }, toColumns(1, true)).c, // (batch, length, ES)
      ],
      saved: [probabilities, value],
    };
  },
);
