import { BertrandError } from '../../../error.ts';
import { op } from '../../op.ts';
import { show, sizeOf } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';

/**
 * y[..., j, i] = x[..., i, j], as a copy; `matmul` can transpose its inputs without copying.
 * @param x (..., rows, columns)
 * @returns (..., columns, rows)
 */
export const transpose = op('transpose', (launch, x: Tensor) => {
  if (x.shape.length < 2)
    throw new BertrandError(`transpose: expected shape (..., rows, columns), found ${show(x.shape)}`);
  const outer = x.shape.slice(0, -2);
  const [rows, columns] = x.shape.slice(-2);
  const batch = sizeOf(outer);
  return {
    output: launch('transpose', { x }, { batch, rows, columns }).y,
    shape: [...outer, columns, rows],
    backward: (dy, launch, into) => [
      launch('transpose', { x: dy }, { batch, rows: columns, columns: rows }, { y: into[0] }).y,
    ],
    saved: [],
  };
});
