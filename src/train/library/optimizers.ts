import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device } from '../../kernels/device.ts';
import type { AdamWOptions } from '../optimizer/adamw.ts';
import type { LionOptions } from '../optimizer/lion.ts';
import type { MuonOptions } from '../optimizer/muon.ts';
import { assignment } from '../optimizer/openOptimizer.ts';
import type { OptimizerChoice } from '../optimizer/openOptimizer.ts';
import { Optimizer } from '../optimizer/optimizer.ts';
import type { Assign } from '../optimizer/rule.ts';
import { checkedOptions } from './checkedOptions.ts';

/** AdamW (Loshchilov and Hutter 2019) with clipping by the gradients' global norm. */
export class AdamW extends Optimizer {
  /**
   * @param parameters on that device
   * @param options those left out are as in a config (docs/usage.md)
   * @throws ConfigError that says what is wrong with the options
   */
  constructor(device: Device, parameters: Parameters, options: Partial<AdamWOptions> = {}) {
    super(device, parameters, checked('AdamW', 'adamw', options));
  }
}

/** StableAdamW (Wortsman et al. 2023): AdamW that also clips the update of each tensor. */
export class StableAdamW extends Optimizer {
  /** As AdamW's, with the same options. */
  constructor(device: Device, parameters: Parameters, options: Partial<AdamWOptions> = {}) {
    super(device, parameters, checked('StableAdamW', 'stableadamw', options));
  }
}

/** Lion (Chen et al. 2023), whose learning rate is 3 to 10 times smaller than AdamW's. */
export class Lion extends Optimizer {
  /** As AdamW's, but for epsilon. */
  constructor(device: Device, parameters: Parameters, options: Partial<LionOptions> = {}) {
    super(device, parameters, checked('Lion', 'lion', options));
  }
}

/** Muon (Jordan et al. 2024) for the matrices of a Bert's blocks, at learning rates about 0.02; AdamW for all other parameters. */
export class Muon extends Optimizer {
  /** As AdamW's; the share of the learning rate that AdamW takes is 0.05 if left out. */
  constructor(device: Device, parameters: Parameters, options: Partial<MuonOptions> = {}) {
    super(device, parameters, checked('Muon', 'muon', options));
  }
}

/** The options of each, in which AdamW's share stands for its own learning rate. */
type Options = Partial<Omit<MuonOptions, 'betas'>> & { readonly betas?: readonly [number, number] };

function checked(title: string, name: OptimizerChoice['optimizer']['name'], options: Options): Assign {
  const { clipNorm, betas, adamShare, ...others } = options;
  const { train } = checkedOptions(
    {
      train: {
        ...(clipNorm !== undefined && { clipNorm }),
        optimizer: {
          name,
          ...others,
          ...(betas && { betas: [...betas] as [number, number] }),
          ...(adamShare !== undefined && { learningRate: 1, adamLearningRate: adamShare }),
        },
      },
    },
    title,
    { 'train.optimizer.adamLearningRate': 'adamShare', 'train.optimizer': '', 'train.clipNorm': 'clipNorm' },
  );
  return assignment({ ...train.optimizer, clipNorm: train.clipNorm });
}
