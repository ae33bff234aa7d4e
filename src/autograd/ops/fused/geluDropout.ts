import { drawingParameters, drop } from '../drawing.ts';
import type { Drawing } from '../drawing.ts';
import { op, tapeOf } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { gelu } from '../gelu.ts';

/** y = dropout(gelu(x)) */
export function geluDropout(x: Tensor, form: 'erf' | 'tanh', dropout: Drawing | undefined): Tensor {
  const tape = tapeOf('geluDropout', [x]);
  if (tape.has('geluDropout') && tape.has('geluDropoutBackward')) return fused(x, form, dropout);
  return drop(gelu(x, form), dropout);
}

const fused = op('geluDropout', (run, x: Tensor, form: 'erf' | 'tanh', dropout: Drawing | undefined) => {
  const parameters = { size: x.size, tanh: Number(form === 'tanh'), ...drawingParameters(dropout) };
  return {
    output: run('geluDropout', { x }, parameters).y,
    shape: x.shape,
    backward: (dy, run) => [run('geluDropoutBackward', { x, dy }, parameters).dx],
    reads: [x],
  };
});
