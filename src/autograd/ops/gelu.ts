import { op } from '../op.ts';
import type { Tensor } from '../tensor.ts';

/** y = x * Phi(x) (Hendrycks and Gimpel 2016), with Phi exact (`erf`) or by their tanh formula. */
export const gelu = op('gelu', (run, x: Tensor, form: 'erf' | 'tanh') => {
  const parameters = { size: x.size, tanh: Number(form === 'tanh') };
  return {
    output: run('gelu', { x }, parameters).y,
    shape: x.shape,
    backward: (dy, run) => [run('geluBackward', { x, dy }, parameters).dx],
    reads: [x],
  };
});
