import type { DeviceOptions } from '../../kernels/choose.ts';
import type { Config } from './table/table.ts';

/**
 * To use the model of a run, which may come from elsewhere: of its config's words on devices only `cpu.products: wasm` counts,
 * which asks for no code from outside. Weights are f32 in whatever precision they were trained.
 */
export function runDeviceOptions({ cpu }: Config): DeviceOptions {
  return { products: cpu.products === 'wasm' ? 'wasm' : 'auto' };
}
