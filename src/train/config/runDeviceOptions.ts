import type { DeviceOptions } from '../../kernels/choose.ts';
import type { Config } from './table/table.ts';

/**
 * To use the model of a run, which may come from elsewhere: of its config's words on devices only `cpu.blas: off` counts, by
 * which the last bits are those of its own validations. Weights are f32 whatever they were trained in.
 */
export function runDeviceOptions({ cpu }: Config): DeviceOptions {
  return { blas: cpu.blas === 'off' ? 'off' : 'auto' };
}
