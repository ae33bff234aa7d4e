import type { FusedCall, Fusion } from '../../deferred.ts';
import type { Call, Recorder } from '../../tensor.ts';
import { attention, attentionAt } from './attention.ts';
import { dropoutAdd } from './dropoutAdd.ts';
import { dropoutAddLayerNorm } from './dropoutAddLayerNorm.ts';
import { feedForward } from './feedForward.ts';
import { geluDropout } from './geluDropout.ts';
import { linearCrossEntropy } from './linearCrossEntropy.ts';
import { linearGelu, linearGeluDropout } from './linearGelu.ts';

/** If two match, the first is used. */
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

const byLast = new Map<unknown, Fusion[]>();
for (const fusion of fusions) byLast.set(fusion.last, [...(byLast.get(fusion.last) ?? []), fusion]);

/** The call of a fused kernel in the place of `call`, if the tape's device has one for the deferred tensors that go in; else `call`. */
export function fuse(call: Call, tape: Recorder): FusedCall {
  for (const { match } of byLast.get(call.op) ?? []) {
    const fused = match(call, tape);
    if (fused) return fused;
  }
  return call;
}
