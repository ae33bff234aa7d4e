import { fusion, isDeferred } from '../../deferred.ts';
import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { dropout } from '../dropout.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { gelu } from '../gelu.ts';

/** dropout(gelu(x)) */
export const geluDropout = fusion(dropout, ['geluDropout', 'geluDropoutBackward'], (y, rate, key) => {
  if (!isDeferred(gelu, y)) return undefined;
  const [x, form] = y.args;
  return fused.prepare(x, form, { rate, key });
});

const fused = op('geluDropout', (launch, x: Tensor, form: 'erf' | 'tanh', { rate, key }: DropoutMask) => {
  const parameters = { size: x.size, tanh: Number(form === 'tanh'), rate, ...key };
  return {
    output: launch('geluDropout', { x }, parameters).y,
    shape: x.shape,
    backward: (dy, launch) => [launch('geluDropoutBackward', { x, dy }, parameters).dx],
    saved: [x],
  };
});
