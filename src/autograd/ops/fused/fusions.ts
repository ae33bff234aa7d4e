import type { FusedCall, Fusion } from '../../deferred.ts';
import type { Call, Recorder } from '../../tensor.ts';
import { attention, attentionAt } from './attention.ts';
import { attentionOfFew } from './attentionOfFew.ts';
import { dropoutAdd } from './dropoutAdd.ts';
import { dropoutAddLayerNorm } from './dropoutAddLayerNorm.ts';
import { feedForward } from './feedForward.ts';
import { geluDropout } from './geluDropout.ts';
import { linearCrossEntropy } from './linearCrossEntropy.ts';
import { linearGelu, linearGeluDropout } from './linearGelu.ts';
import { selfAttention, selfAttentionAt } from './selfAttention.ts';

/** If several match, the first is used. */
const fusions: readonly Fusion[] = [
  feedForward,
  linearGelu,
  linearGeluDropout,
  geluDropout,
  dropoutAdd,
  dropoutAddLayerNorm,
  linearCrossEntropy,
  selfAttention,
  attention,
  attentionOfFew,
  selfAttentionAt,
  attentionAt,
];

const byLast = new Map<unknown, Fusion[]>();
for (const fusion of fusions) byLast.set(fusion.last, [...(byLast.get(fusion.last) ?? []), fusion]);

/** The fused call that replaces `call`, if its deferred inputs match a pattern that the tape's device has kernels for; else `call`. */
export function fuse(call: Call, tape: Recorder): FusedCall {
  for (const { match } of byLast.get(call.op) ?? []) {
    const fused = match(call, tape);
    if (fused) return fused;
  }
  return call;
}
