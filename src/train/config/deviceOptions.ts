import type { DeviceOptions } from '../../kernels/choose.ts';
import type { Config } from './table/table.ts';

/** What the config says about opening devices: to use a model, whose weights are f32 whatever it was trained in. */
export function deviceOptions({ cpu }: Config): DeviceOptions {
  return { blas: cpu.blas, tile: cpu.tile, ...(cpu.threads !== 'auto' && { threads: cpu.threads }) };
}

/** The same, to train one. */
export function trainingDeviceOptions(config: Config): DeviceOptions {
  return { ...deviceOptions(config), precision: config.train.precision };
}
