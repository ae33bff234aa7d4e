import type { Adapter } from './adapter.ts';

/** What of a device decides which shaders it gets. */
export interface Traits {
  /** Bytes of workgroup memory that a shader may have. */
  readonly workgroupBytes: number;
  /** The fewest invocations of a subgroup; 0 where shaders do without subgroups. */
  readonly leastSubgroup: number;
}

/** @param subgroups whether they may be used where the device has them */
export function traitsOf({ adapter }: Adapter, device: GPUDevice, subgroups: boolean): Traits {
  // Newer than the types that TypeScript has of WebGPU.
  const { subgroupMinSize = 4 } = adapter.info as { readonly subgroupMinSize?: number };
  return {
    workgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
    leastSubgroup: subgroups && device.features.has('subgroups') ? subgroupMinSize : 0,
  };
}
