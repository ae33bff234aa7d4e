import { BertrandError } from '../../../../src/error.ts';
import { openDevice } from '../../../../src/kernels/choose.ts';
import type { DeviceChoice } from '../../../../src/kernels/choose.ts';
import type { Device } from '../../../../src/kernels/device.ts';
import { trainingDeviceOptions } from '../../../../src/train/config/trainingDeviceOptions.ts';
import type { Config } from '../../../../src/train/config/table/table.ts';

/**
 * Opens a device as the config has it: its threads, tile and precision; machine code and libraries of the system are out of a page's reach.
 * @param begun a run that was begun in f16 or bf16 goes on in f32, with a notice, where there is no device that computes in it; a new
 * one is refused
 */
export async function openTrainingDevice(
  choice: DeviceChoice,
  config: Config,
  begun: boolean,
  notice: (text: string) => void,
  onCompile: (done: number, total: number) => void,
): Promise<Device> {
  const options = { ...trainingDeviceOptions(config), products: 'auto' as const, onCompile };
  try {
    return await openDevice(choice, options);
  } catch (error) {
    if (!begun || options.precision === 'f32' || !(error instanceof BertrandError)) throw error;
    const device = await openDevice(choice, { ...options, precision: 'f32' });
    notice(
      `the run was begun in ${options.precision} (train.precision) and goes on in f32, by which its losses differ: ${error.what}`,
    );
    return device;
  }
}
