import { BertrandError } from '../../error.ts';
import { deferredOp } from '../op.ts';
import { rowsAndColumns, show } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * GeGLU (Shazeer 2020): y = gelu(a) * b for the two halves a and b of each row of x.
 * @param x (..., 2 columns); an odd number throws a BertrandError
 * @returns (..., columns)
 */
export const geglu = deferredOp<[x: Tensor, form: 'erf' | 'tanh']>(
  'geglu',
  ({ shape }) => {
    const { columns } = rowsAndColumns(shape);
    if (columns % 2 !== 0) throw new BertrandError(`geglu: expected rows of two halves, found ${show(shape)}`);
    return [...shape.slice(0, -1), columns / 2];
  },
  (launch, x, form) => {
    const { rows, columns } = rowsAndColumns(x.shape);
    const parameters = { rows, columns: columns / 2, tanh: Number(form === 'tanh') };
    return {
      output: launch('geglu', { x }, parameters).y,
      backward: (dy, launch) => [launch('gegluBackward', { x, dy }, parameters).dx],
      saved: [x],
    };
  },
);
