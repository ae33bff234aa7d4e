import type { DeviceOptions } from '../kernels/choose.ts';
import type { Config } from './config/table.ts';

/** What the config says about opening devices. */
export function deviceOptions({ cpu }: Config): DeviceOptions {
  return { blas: cpu.blas, ...(cpu.threads !== 'auto' && { threads: cpu.threads }) };
}
