import { deferredOp } from '../op.ts';
import { rowsAndColumns } from '../shape.ts';
import type { Indices, Tensor } from '../tensor.ts';
import { expectIndices, scatterSum } from './scatter.ts';

/**
 * y[i] = table[indices[i]]: looks up embeddings, selects masked positions.
 * @param table (..., columns), seen as a matrix (rows, columns)
 * @param indices any shape, each from 0 to rows - 1; others throw a BertrandError
 * @returns (...indices.shape, columns)
 */
export const gather = deferredOp(
  'gather',
  (table: Tensor, indices: Indices) => {
    expectIndices('gather', indices, table.shape);
    return [...indices.shape, rowsAndColumns(table.shape).columns];
  },
  (launch, table, indices) => {
    const { rows: tableRows, columns } = rowsAndColumns(table.shape);
    return {
      output: launch('gather', { table, indices }, { rows: indices.size, columns, tableRows }).y,
      backward: (dy, launch, into, before) => [scatterSum(launch, dy, indices, tableRows, columns, into[0], before[0])],
      saved: [],
    };
  },
);
