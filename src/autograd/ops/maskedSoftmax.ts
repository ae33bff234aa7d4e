import { BertrandError } from '../../error.ts';
import { deferredOp } from '../op.ts';
import { expectShape, rowsAndColumns, show } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Softmax of attention scores over the keys that each query attends to; the others get 0.
 * @param x (batch, heads, length, length)
 * @param spans (batch, length, 2): query q of sequence b attends to the keys from spans[b, q, 0] to spans[b, q, 1] - 1
 * @returns (batch, heads, length, length)
 */
export const maskedSoftmax = deferredOp(
  'maskedSoftmax',
  (x: Tensor, spans: Tensor) => {
    const [batch, heads, length] = x.shape;
    if (batch === undefined || heads === undefined || length === undefined || x.shape.length !== 4)
      throw new BertrandError(`maskedSoftmax: expected shape (batch, heads, length, length), found ${show(x.shape)}`);
    expectShape('maskedSoftmax', 'spans', spans.shape, [batch, length, 2]);
    return x.shape;
  },
  (launch, x, spans) => {
    const [batch, heads, length] = x.shape;
    const { y } = launch('maskedSoftmax', { x, spans }, { batch, heads, length });
    return {
      output: y,
      backward: (dy, launch) => [launch('softmaxBackward', { y, dy }, rowsAndColumns(x.shape)).dx],
      saved: [y],
    };
  },
);
