import type { Implementation, KernelName } from '../contract.ts';

/** Every f32 of the contract is held in float64 here. */
export interface ReferenceHandles {
  f32: Float64Array;
  i32: Int32Array;
  f16: never;
}

export type ReferenceKernel<K extends KernelName> = Implementation<K, ReferenceHandles>;
