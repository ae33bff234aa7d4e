import { phi, phiDerivative } from './gelu.ts';
import type { ReferenceKernel } from './types.ts';

/** GeGLU (Shazeer 2020): y = gelu(a) * b for the halves a and b of each row of x. */
export const geglu: ReferenceKernel<'geglu'> = ({ x }, { rows, columns, tanh }, { y }) => {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const [a, b] = [x[2 * r * columns + c], x[(2 * r + 1) * columns + c]];
      y[r * columns + c] = a * phi(a, tanh) * b;
    }
};

/** da = dy * b * gelu'(a), db = dy * gelu(a) */
export const gegluBackward: ReferenceKernel<'gegluBackward'> = ({ x, dy }, { rows, columns, tanh }, { dx }) => {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const [first, second] = [2 * r * columns + c, (2 * r + 1) * columns + c];
      const [a, b, d] = [x[first], x[second], dy[r * columns + c]];
      dx[first] = d * b * (phi(a, tanh) + a * phiDerivative(a, tanh));
      dx[second] = d * a * phi(a, tanh);
    }
};
