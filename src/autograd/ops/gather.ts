import { BertrandError } from '../../error.ts';
import { op } from '../op.ts';
import { rowsAndColumns, show } from '../shape.ts';
import { sortByRow } from '../sortByRow.ts';
import type { Indices, Tensor } from '../tensor.ts';

/**
 * y[i] = table[indices[i]]: embeddings, and the choice of masked positions.
 * @param table (..., columns), taken as rows of columns
 * @param indices any shape, each from 0 up to the table's rows
 * @returns (...indices.shape, columns)
 */
export const gather = op('gather', (run, table: Tensor, indices: Indices) => {
  const { rows: tableRows, columns } = rowsAndColumns(table.shape);
  const wrong = indices.values.findIndex((index) => index < 0 || index >= tableRows);
  if (wrong >= 0)
    throw new BertrandError(
      `gather: index ${indices.values[wrong]} at ${wrong} is outside the table ${show(table.shape)}`,
    );
  return {
    output: run('gather', { table, indices }, { rows: indices.size, columns, tableRows }).y,
    shape: [...indices.shape, columns],
    backward: (dy, run, into) => {
      const { order, offsets } = sortByRow(indices.values, tableRows);
      const inputs = { dy, order: run.upload('i32', order), offsets: run.upload('i32', offsets) };
      return [run('scatterSum', inputs, { rows: tableRows, columns, count: indices.size }, { dtable: into[0] }).dtable];
    },
    reads: [],
  };
});
