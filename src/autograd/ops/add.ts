import { op } from '../op.ts';
import { expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/** y = a + b, both of one shape. */
export const add = op('add', (launch, a: Tensor, b: Tensor) => {
  expectShape('add', 'b', b.shape, a.shape);
  return {
    output: launch('add', { a, b }, { size: a.size }).y,
    shape: a.shape,
    backward: (dy) => [dy, dy],
    saved: [],
  };
});
