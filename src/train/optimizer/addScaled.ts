import type { Device, DeviceArray } from '../../kernels/device.ts';

/** total += factor * x, for so many of their elements. Both are float32 and may be the same array. */
export function addScaled(device: Device, total: DeviceArray, x: DeviceArray, factor: number, size = x.size): void {
  const { y } = device.launch('affine', { x }, { size, factor, term: 0 }, { y: 'f32' });
  device.launch('accumulate', { total, x: y }, { size });
  device.free(y);
}
