import type { Implementation, KernelName } from '../contract.ts';

/** The contract's f32 arrays are float64 here. */
export interface ReferenceHandles {
  f32: Float64Array;
  i32: Int32Array;
  f16: never;
}

export type ReferenceKernel<K extends KernelName> = Implementation<K, ReferenceHandles>;
