import type { DeviceArray, Target } from '../../kernels/device.ts';
import { BertrandError } from '../../error.ts';
import { deferredOp } from '../op.ts';
import { rowsAndColumns, show } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { sortByRow } from '../../kernels/sortByRow.ts';
import type { Indices, Launch, Tensor } from '../tensor.ts';

/**
 * y[r] = the sum of x[i] over all i with indices[i] = r: the transpose of gather.
 * @param x (...indices.shape, columns)
 * @param indices any shape, each from 0 to rows - 1; others throw a BertrandError
 * @param shape (..., columns), seen as a matrix (rows, columns)
 * @returns `shape`
 */
export const scatter = deferredOp(
  'scatter',
  (x: Tensor, indices: Indices, shape: Shape) => {
    const { columns } = rowsAndColumns(shape);
    if (x.size !== indices.size * columns)
      throw new BertrandError(
        `scatter: x ${show(x.shape)} does not hold ${indices.size} rows of ${columns}, as indices ${show(indices.shape)} and shape ${show(shape)} require`,
      );
    expectIndices('scatter', indices, shape);
    return shape;
  },
  (launch, x, indices, shape) => {
    const { rows: tableRows, columns } = rowsAndColumns(shape);
    return {
      output: scatterSum(launch, x.array, indices, tableRows, columns),
      backward: (dy, launch) => [
        launch('gather', { table: dy, indices }, { rows: indices.size, columns, tableRows }).y,
      ],
      saved: [indices],
    };
  },
);

/** Launches the kernel scatterSum with indices that the host sorts; the sum is added to `before` if that is given and the device can. */
export function scatterSum(
  launch: Launch,
  dy: DeviceArray,
  { values, size: count }: Indices,
  rows: number,
  columns: number,
  into?: Target,
  before?: DeviceArray,
): DeviceArray {
  const { order, offsets } = sortByRow(values, rows);
  const inputs = { dy, order: launch.upload('i32', order), offsets: launch.upload('i32', offsets) };
  if (before && launch.has('scatterSumAdd')) {
    launch('scatterSumAdd', { total: before, ...inputs }, { rows, columns, count });
    return before;
  }
  return launch('scatterSum', inputs, { rows, columns, count }, { dtable: into }).dtable;
}

/** Throws a BertrandError unless each index is a row of a table with that shape. */
export function expectIndices(op: string, { values }: Indices, shape: Shape): void {
  const { rows } = rowsAndColumns(shape);
  for (let i = 0; i < values.length; i++)
    if (values[i] < 0 || values[i] >= rows)
      throw new BertrandError(`${op}: index ${values[i]} at ${i} is outside the table ${show(shape)}`);
}
