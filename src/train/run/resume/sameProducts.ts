import { BertrandError } from '../../../error.ts';
import { openDevice } from '../../../kernels/choose.ts';
import { blasNames } from '../../../kernels/cpu/blas/libraries.ts';
import type { Device } from '../../../kernels/device.ts';
import { trainingDeviceOptions } from '../../config/trainingDeviceOptions.ts';
import type { Config } from '../../config/table/table.ts';
import type { TrainingState } from '../checkpoint/checkpoint.ts';

/**
 * The cpu device with the products that a run has been trained with, if the choice is open and they are here: its last bits then stay
 * as they would have been. Otherwise the device that was given, which resumeNotices reports.
 */
export async function withSameProducts(
  device: Device,
  config: Config,
  state: TrainingState | undefined,
): Promise<Device> {
  const was = state?.device;
  if (config.cpu.products !== 'auto' || device.name !== 'cpu' || was?.name !== 'cpu') return device;
  if (was.arithmetic === device.arithmetic) return device;
  for (const products of candidates(was.products)) {
    const other = await attempt(() => openDevice('cpu', { ...trainingDeviceOptions(config), products }));
    if (other?.arithmetic === was.arithmetic) {
      await device.close();
      return other;
    }
    await other?.close();
  }
  return device;
}

/** Machine code and WebAssembly have the same bits. Of libraries a checkpoint, which may come from elsewhere, names none but known ones. */
function candidates(products: unknown): string[] {
  if (products === 'native' || products === 'wasm') return ['native', 'wasm'];
  if (products === 'amx') return ['amx'];
  return blasNames.filter((name) => name === products);
}

async function attempt(open: () => Promise<Device>): Promise<Device | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof BertrandError) return undefined;
    throw error;
  }
}
