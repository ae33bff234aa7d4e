import { deferredOp } from '../op.ts';
import type { Tensor } from '../tensor.ts';

/** y = x * Phi(x) (Hendrycks and Gimpel 2016), with Phi exact (`erf`) or by their tanh formula. */
export const gelu = deferredOp<[x: Tensor, form: 'erf' | 'tanh']>(
  'gelu',
  (x) => x.shape,
  (launch, x, form) => {
    const parameters = { size: x.size, tanh: Number(form === 'tanh') };
    return {
      output: launch('gelu', { x }, parameters).y,
      backward: (dy, launch) => [launch('geluBackward', { x, dy }, parameters).dx],
      saved: [x],
    };
  },
);
