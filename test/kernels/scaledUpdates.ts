import type { KernelParameters } from '../../src/kernels/contract.ts';
import type { Device, DeviceArray } from '../../src/kernels/device.ts';

type Arrays = Record<string, DeviceArray>;

const unscaled = async (device: Device, gradients: DeviceArray, inverseScale: DeviceArray): Promise<DeviceArray> => {
  const [inverse = 0] = await device.read(inverseScale);
  return device.upload(
    'f32',
    (await device.read(gradients)).map((gradient) => gradient * inverse),
  );
};

/** An update by gradients that were scaled, or none where they overflow. */
export async function unlessSkipped<K extends 'adamw' | 'adamwStable' | 'lion'>(
  device: Device,
  kernel: K,
  { gradients, inverseScale, ...others }: Arrays,
  p: KernelParameters<K>,
): Promise<Arrays> {
  const [inverse] = await device.read(inverseScale);
  const plain = { ...others, gradients: await unscaled(device, gradients, inverseScale) };
  if (inverse !== 0) device.launch(kernel, plain as never, p);
  return {};
}

/** What StableAdamW's ratio is made of, by gradients that were scaled. */
export async function adamwRatioScaled(
  device: Device,
  { gradients, inverseScale, ...others }: Arrays,
  p: KernelParameters<'adamwRatio'>,
): Promise<Arrays> {
  const plain = { ...others, gradients: await unscaled(device, gradients, inverseScale) };
  return device.launch('adamwRatio', plain as never, p);
}
