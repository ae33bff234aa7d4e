import { BertrandError } from '../../error.ts';
import { op, tapeOf } from '../op.ts';
import { rowsAndColumns, show } from '../shape.ts';
import type { Indices, Tensor } from '../tensor.ts';
import { add } from './arithmetic/add.ts';
import { gather } from './gather.ts';
import { expectIndices, scatterSum } from './scatter.ts';

/** A table (rows, columns) and the indices of the rows to look up. */
export type Taken = readonly [table: Tensor, indices: Indices];

/**
 * y[i] = the sum of table[indices[i]] over all tables: an embedding with several parts.
 * @param parts tables of equal width, with indices of equal shape; others throw a BertrandError
 * @returns (...indices.shape, columns)
 */
export function gatherSum(...parts: readonly [Taken, ...Taken[]]): Tensor {
  const tape = tapeOf('gatherSum', parts.flat());
  if (tape.has('gatherAdd')) return fused(...parts.flat());
  return parts.map(([table, indices]) => gather(table, indices)).reduce((sum, taken) => add(sum, taken)); // (..., columns)
}

const fused = op('gatherSum', (launch, ...flat: Tensor[]) => {
  const tables = flat.filter((_, i) => i % 2 === 0);
  const indices = flat.filter((_, i) => i % 2 === 1) as Indices[];
  const { size: rows, shape } = indices[0];
  const { columns } = rowsAndColumns(tables[0].shape);
  const sizesOf = (table: Tensor) => ({ rows, columns, tableRows: rowsAndColumns(table.shape).rows });
  for (const [i, table] of tables.entries()) {
    expectIndices('gatherSum', indices[i], table.shape);
    if (rowsAndColumns(table.shape).columns !== columns || indices[i].size !== rows)
      throw new BertrandError(
        `gatherSum: table ${i} ${show(table.shape)} with indices ${show(indices[i].shape)} does not match the first, ${show(tables[0].shape)} with ${show(shape)}`,
      );
  }
  const { y } = launch('gather', { table: tables[0], indices: indices[0] }, sizesOf(tables[0])); // (..., columns)
  for (const [i, table] of tables.entries())
    if (i > 0) launch('gatherAdd', { total: y, table, indices: indices[i] }, sizesOf(table));
  return {
    output: y,
    shape: [...shape, columns],
    backward: (dy, launch, into, before) =>
      tables.flatMap((table, i) => [
        table.requiresGradient
          ? scatterSum(launch, dy, indices[i], rowsAndColumns(table.shape).rows, columns, into[2 * i], before[2 * i])
          : undefined,
        undefined,
      ]),
    saved: [],
  };
});
