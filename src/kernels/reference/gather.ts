import type { ReferenceKernel } from './types.ts';

/** y[r] = table[indices[r]] */
export const gather: ReferenceKernel<'gather'> = ({ table, indices }, { rows, columns }, { y }) => {
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) y[r * columns + c] = table[indices[r] * columns + c];
};

/**
 * The transpose of gather, without scattering: dtable[r] = sum of dy[order[j]] for offsets[r] <= j < offsets[r + 1].
 * `order` lists the rows of dy sorted by the table row they came from; the host sorts them.
 */
export const scatterSum: ReferenceKernel<'scatterSum'> = ({ dy, order, offsets }, { rows, columns }, { dtable }) => {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      let total = 0;
      for (let j = offsets[r]; j < offsets[r + 1]; j++) total += dy[order[j] * columns + c];
      dtable[r * columns + c] = total;
    }
};
