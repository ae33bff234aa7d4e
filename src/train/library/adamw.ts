import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device } from '../../kernels/device.ts';
import { AdamW as Optimizer } from '../optimizer/adamw.ts';
import type { AdamWOptions } from '../optimizer/adamw.ts';
import { checkedOptions } from './checkedOptions.ts';

/** AdamW (Loshchilov and Hutter 2019) with clipping by the gradients' global norm. */
export class AdamW extends Optimizer {
  /**
   * @param parameters on that device
   * @param options those left out are as in a config (docs/usage.md)
   * @throws ConfigError that says what is wrong with the options
   */
  constructor(device: Device, parameters: Parameters, options: Partial<AdamWOptions> = {}) {
    super(device, parameters, checked(options));
  }
}

function checked({ clipNorm, betas, ...optimizer }: Partial<AdamWOptions>): AdamWOptions {
  const { train } = checkedOptions(
    {
      train: {
        ...(clipNorm !== undefined && { clipNorm }),
        optimizer: { ...optimizer, ...(betas && { betas: [...betas] as [number, number] }) },
      },
    },
    'AdamW',
    { 'train.optimizer': '', 'train.clipNorm': 'clipNorm' },
  );
  return { ...train.optimizer, clipNorm: train.clipNorm };
}
