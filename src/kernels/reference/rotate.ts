import type { ReferenceKernel } from './types.ts';

/**
 * Rotary positions (Su et al. 2021): the points (x[i], x[i + headSize / 2]) of each head turn by angles whose cosines, and then sines, are
 * the row of the table at the row's position; the other way round if `inverse` is 1.
 */
export const rotate: ReferenceKernel<'rotate'> = (
  { x, table, positions },
  { rows, heads, headSize, inverse },
  { y },
) => {
  const half = headSize / 2;
  for (let row = 0; row < rows; row++)
    for (let head = 0; head < heads; head++)
      for (let i = 0; i < half; i++) {
        const at = (row * heads + head) * headSize + i;
        const cosine = table[positions[row] * headSize + i];
        const sine = (inverse ? -1 : 1) * table[positions[row] * headSize + half + i];
        y[at] = x[at] * cosine - x[at + half] * sine;
        y[at + half] = x[at + half] * cosine + x[at] * sine;
      }
};
