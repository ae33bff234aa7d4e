import type { Device, DeviceArray } from '../../kernels/device.ts';

/** total += factor * x. Both are float32 and may be the same array. */
export function addScaled(device: Device, total: DeviceArray, x: DeviceArray, factor: number): void {
  const { size } = total;
  const { y } = device.launch('affine', { x }, { size, factor, term: 0 }, { y: 'f32' });
  device.launch('accumulate', { total, x: y }, { size });
  device.free(y);
}
