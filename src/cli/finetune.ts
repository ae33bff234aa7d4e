import type { DeviceChoice } from '../kernels/choose.ts';
import { loadFinetune } from '../train/finetune/config/loadFinetune.node.ts';
import { finetune } from '../train/finetune/finetune.node.ts';
import { finetuneLines } from './progress/finetuneLines.ts';

interface Arguments {
  readonly config: string;
  readonly set: string[];
  readonly device?: DeviceChoice | undefined;
  readonly out?: string | undefined;
  readonly resume: boolean;
}

export function finetuneCommand({ config, set, device, out, resume }: Arguments): Promise<number> {
  const flags = Object.entries({ device, out }).filter(([, value]) => value !== undefined);
  const settings = [...set, ...flags.map(([key, value]) => `${key}=${JSON.stringify(value)}`)];
  return finetune(loadFinetune(config, settings, resume), resume, finetuneLines());
}
