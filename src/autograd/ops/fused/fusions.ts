import type { OptionalKernel } from '../../../kernels/contract.ts';
import type { FusedCall, Fusion } from '../../deferred.ts';
import type { Call } from '../../tensor.ts';
import { attention, attentionAt } from './attention.ts';
import { dropoutAdd } from './dropoutAdd.ts';
import { dropoutAddLayerNorm } from './dropoutAddLayerNorm.ts';
import { feedForward } from './feedForward.ts';
import { geluDropout } from './geluDropout.ts';
import { linearCrossEntropy } from './linearCrossEntropy.ts';
import { linearGelu, linearGeluDropout } from './linearGelu.ts';

/** Of two that fit, the first is taken. */
const fusions: readonly Fusion[] = [
  feedForward,
  linearGelu,
  linearGeluDropout,
  geluDropout,
  dropoutAdd,
  dropoutAddLayerNorm,
  linearCrossEntropy,
  attention,
  attentionAt,
];

/** The call of a fused kernel in the place of `call`, if the device has one for the deferred tensors that go into it; else `call`. */
export function fuse(call: Call, has: (kernel: OptionalKernel) => boolean): FusedCall {
  for (const fusion of fusions) {
    const fused = fusion(call, has);
    if (fused) return fused;
  }
  return call;
}
