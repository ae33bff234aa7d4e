import type { ReferenceKernel } from './types.ts';

/** y[r] = table[indices[r]] */
export const gather: ReferenceKernel<'gather'> = ({ table, indices }, { rows, columns }, { y }) => {
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) y[r * columns + c] = table[indices[r] * columns + c];
};

/**
 * The transpose of gather, free of scatter: dtable[r] = sum of dy[order[j]] for offsets[r] <= j < offsets[r + 1].
 * The host sorts: order lists the rows of dy by the table row that they came from.
 */
export const scatterSum: ReferenceKernel<'scatterSum'> = ({ dy, order, offsets }, { rows, columns }, { dtable }) => {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      let total = 0;
      for (let j = offsets[r]; j < offsets[r + 1]; j++) total += dy[order[j] * columns + c];
      dtable[r * columns + c] = total;
    }
};
