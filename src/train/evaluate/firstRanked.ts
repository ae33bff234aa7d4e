import type { Device, DeviceArray } from '../../kernels/device.ts';

/** The token with the highest of each row's logits, of equals the first. (rows, columns) -> (rows) */
export async function firstRanked(
  device: Device,
  logits: DeviceArray,
  rows: number,
  columns: number,
): Promise<ArrayLike<number>> {
  const { indices } = device.launch('argmax', { x: logits }, { rows, columns });
  const tokens = device.read(indices);
  device.free(indices);
  return tokens;
}
