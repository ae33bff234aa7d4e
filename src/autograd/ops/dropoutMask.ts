import type { RandomKey } from '../../kernels/random.ts';
import type { Tensor } from '../tensor.ts';
import { dropout } from './dropout.ts';

/** What determines a dropout mask: its rate, and the key that makes it the same in forward and backward. */
export interface DropoutMask {
  readonly rate: number;
  readonly key: RandomKey;
}

/** The dropout parameters of a fused kernel: a rate of 0 if there is no mask. */
export function maskParameters(mask: DropoutMask | undefined): RandomKey & { readonly rate: number } {
  return mask ? { rate: mask.rate, ...mask.key } : { rate: 0, keyHigh: 0, keyLow: 0 };
}

/** dropout(x), or x itself if there is no mask. */
export function drop(x: Tensor, mask: DropoutMask | undefined): Tensor {
  return mask ? dropout(x, mask.rate, mask.key) : x;
}
