import { op } from '../op.ts';
import { expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/** y = a + b, both of one shape. */
export const add = op('add', (run, a: Tensor, b: Tensor) => {
  expectShape('add', 'b', b.shape, a.shape);
  return {
    output: run('add', { a, b }, { size: a.size }).y,
    shape: a.shape,
    backward: (dy) => [dy, dy],
    reads: [],
  };
});
