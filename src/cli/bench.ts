import { expectCount } from './exit.ts';
import { openDevice } from '../kernels/choose.ts';
import type { DeviceChoice } from '../kernels/choose.ts';
import { bench as measure } from '../train/bench.ts';
import { loadConfig } from '../train/config/loadConfig.node.ts';
import { deviceOptions } from '../train/deviceOptions.ts';
import { configuredVocabSize } from '../train/vocabSize.node.ts';
import { bytes } from './bytes.ts';

interface Arguments {
  readonly config: string;
  readonly set: string[];
  readonly device: DeviceChoice;
  readonly steps: number;
  readonly json: boolean;
}

export async function bench({ config: path, set, device: choice, steps, json }: Arguments): Promise<number> {
  const config = loadConfig(path, set);
  expectCount('steps', steps);
  const device = await openDevice(choice === 'auto' ? config.device : choice, deviceOptions(config));
  const result = await measure(config, configuredVocabSize(config), device, steps);
  await device.close();
  if (json) console.log(JSON.stringify({ config: path, ...result }, null, 2));
  else {
    console.log(`${device.name}: ${result.device}`);
    console.log(
      `${Math.round(result.tokensPerSecond)} tokens/s, ${result.millisecondsPerStep.toFixed(1)} ms a step (median of ${steps})`,
    );
    console.log(
      `${result.gflopsPerSecond.toFixed(1)} GFLOP/s in matrix products, ${Math.round(100 * result.shareOfPeak)} % of this device's ${result.peakGflopsPerSecond.toFixed(0)} on 1024 x 1024`,
    );
    console.log(`${bytes(result.peakMemory)} device memory at the fullest; ${result.launches} kernels a step`);
  }
  return 0;
}
