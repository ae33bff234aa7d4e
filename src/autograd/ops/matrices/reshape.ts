import { BertrandError } from '../../../error.ts';
import { op } from '../../op.ts';
import { show, sizeOf } from '../../shape.ts';
import type { Shape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';

/** x with another shape, sharing x's array. Throws a BertrandError if the number of elements differs. */
export const reshape = op('reshape', (_, x: Tensor, shape: Shape) => {
  if (sizeOf(shape) !== x.size)
    throw new BertrandError(`reshape: ${show(x.shape)} has ${x.size} elements, ${show(shape)} has ${sizeOf(shape)}`);
  return { output: x.array, shape, backward: (dy) => [dy], saved: [] };
});
