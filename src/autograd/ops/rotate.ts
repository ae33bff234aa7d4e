import { BertrandError } from '../../error.ts';
import { deferredOp } from '../op.ts';
import { expectShape, rowsAndColumns, show } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { Indices, Tensor } from '../tensor.ts';

export type RotateParameters = Record<'rows' | 'heads' | 'headSize' | 'tableRows' | 'inverse', number>;

/**
 * Rotary positions (Su et al. 2021): in each head of a row at position p, elements i and i + HS/2 are a point that turns about the origin by
 * p times an angle of i's own.
 * @param x (..., ES)
 * @param table (positions, HS): the cosines of those angles, then their sines
 * @param positions one for each row of x
 * @returns (..., ES)
 */
export const rotate = deferredOp<[x: Tensor, table: Tensor, positions: Indices, heads: number]>(
  'rotate',
  (x, table, positions, heads) => {
    rotateParameters(x.shape, table.shape, positions, heads);
    return x.shape;
  },
  (launch, x, table, positions, heads) => {
    const parameters = rotateParameters(x.shape, table.shape, positions, heads);
    return {
      output: launch('rotate', { x, table, positions }, parameters).y,
      backward: (dy, launch) => [launch('rotate', { x: dy, table, positions }, { ...parameters, inverse: 1 }).y],
      saved: [table, positions],
    };
  },
);

/** Throws a BertrandError for shapes that do not fit. */
export function rotateParameters(x: Shape, table: Shape, positions: Indices, heads: number): RotateParameters {
  const { rows, columns } = rowsAndColumns(x);
  const headSize = columns / heads;
  if (headSize % 2 !== 0)
    throw new BertrandError(
      `rotate: ${heads} heads of ${show(x)} have ${headSize} elements each; expected an even number`,
    );
  const tableRows = table[0] ?? 0;
  expectShape('rotate', 'table', table, [tableRows, headSize]);
  if (positions.size !== rows)
    throw new BertrandError(`rotate: ${positions.size} positions for the ${rows} rows of ${show(x)}`);
  const wrong = positions.values.find((position) => position < 0 || position >= tableRows);
  if (wrong !== undefined) throw new BertrandError(`rotate: position ${wrong} is not in a table of ${tableRows}`);
  return { rows, heads, headSize, tableRows, inverse: 0 };
}
