import type { DeviceOptions } from '../../kernels/choose.ts';
import type { Config } from './table/table.ts';

/** Opens a device to train on; one to use a model takes `config.cpu` alone, since weights are f32 in whatever precision they were trained. */
export function trainingDeviceOptions({ cpu, train }: Config): DeviceOptions {
  return { ...cpu, precision: train.precision };
}
