import { maskParameters, drop } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { op, tapeOf } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { gelu } from '../gelu.ts';

/** y = dropout(gelu(x)) */
export function geluDropout(x: Tensor, form: 'erf' | 'tanh', dropout: DropoutMask | undefined): Tensor {
  const tape = tapeOf('geluDropout', [x]);
  if (tape.has('geluDropout') && tape.has('geluDropoutBackward')) return fused(x, form, dropout);
  return drop(gelu(x, form), dropout);
}

const fused = op('geluDropout', (launch, x: Tensor, form: 'erf' | 'tanh', dropout: DropoutMask | undefined) => {
  const parameters = { size: x.size, tanh: Number(form === 'tanh'), ...maskParameters(dropout) };
  return {
    output: launch('geluDropout', { x }, parameters).y,
    shape: x.shape,
    backward: (dy, launch) => [launch('geluDropoutBackward', { x, dy }, parameters).dx],
    saved: [x],
  };
});
