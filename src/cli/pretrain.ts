import type { DeviceChoice } from '../kernels/choose.ts';
import { loadConfig } from '../train/config/loadConfig.node.ts';
import { pretrain as run } from '../train/pretrain.node.ts';
import { progressView } from '../train/progress/progressView.ts';

interface Arguments {
  readonly config: string;
  readonly set: string[];
  readonly device?: DeviceChoice | undefined;
  readonly out?: string | undefined;
  readonly resume: boolean;
}

export function pretrain({ config, set, device, out, resume }: Arguments): Promise<number> {
  const flags = Object.entries({ device, out }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${JSON.stringify(value)}`],
  );
  return run(loadConfig(config, [...set, ...flags]), resume, progressView(process.stdout));
}
