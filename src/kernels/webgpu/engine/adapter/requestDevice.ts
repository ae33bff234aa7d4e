import { BertrandError } from '../../../../error.ts';
import type { Adapter } from './adapter.ts';

/** Features requested if the adapter has them. */
export const FEATURES = ['timestamp-query', 'subgroups', 'shader-f16'] as const;

/** A device, labelled with the adapter's name, with all of the adapter's limits, and those of FEATURES and `more` that it has. Throws a BertrandError if it fails to open. */
export async function requestDevice(
  { adapter, name }: Adapter,
  more: readonly GPUFeatureName[] = [],
): Promise<GPUDevice> {
  const requiredLimits: Record<string, number> = {};
  for (const limit in adapter.limits) {
    const value = adapter.limits[limit as keyof GPUSupportedLimits];
    if (typeof value === 'number') requiredLimits[limit] = value;
  }
  const requiredFeatures = [...FEATURES, ...more].filter((feature) => adapter.features.has(feature));
  try {
    return await adapter.requestDevice({ label: name, requiredFeatures, requiredLimits });
  } catch (error) {
    throw new BertrandError(`WebGPU found ${name} but cannot open it: ${String(error)}`);
  }
}

/** Throws a BertrandError if the adapter cannot compute in half precision. */
export function expectHalves({ adapter, name }: Adapter): void {
  if (adapter.features.has('shader-f16')) return;
  throw new BertrandError(`the WebGPU adapter ${name} lacks the feature shader-f16, which train.precision: f16 needs`, {
    advice: "write train.precision: f32, or update the GPU's driver",
  });
}

/** Half precision is offered, but fails its self-test. */
export function brokenHalves({ name }: Adapter): BertrandError {
  return new BertrandError(`the driver of ${name} computes wrongly in half precision (train.precision: f16)`, {
    advice: "write train.precision: f32, or update the GPU's driver",
  });
}
