import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device } from '../../kernels/device.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { adamwRule } from './adamw.ts';
import { lionRule } from './lion.ts';
import { assignMuon } from './muon.ts';
import type { MuonOptions } from './muon.ts';
import { Optimizer } from './optimizer.ts';
import { assignStableAdamw } from './stableAdamw.ts';
import { everywhere } from './rule.ts';
import type { Assign } from './rule.ts';

/** What a config's `train` says of it. */
export interface OptimizerChoice {
  readonly optimizer: Omit<MuonOptions, 'clipNorm' | 'adamShare'> & {
    readonly name: 'adamw' | 'stableadamw' | 'muon' | 'lion';
    readonly learningRate: number;
    readonly adamLearningRate: number;
  };
  readonly clipNorm: number;
  readonly shardOptimizer: boolean;
}

/** The optimizer that a config names. @param ranks those that share it where it is to be shared */
export function openOptimizer(
  device: Device,
  parameters: Parameters,
  { optimizer, clipNorm, shardOptimizer }: OptimizerChoice,
  ranks?: Communicator,
): Optimizer {
  return new Optimizer(device, parameters, assignment({ ...optimizer, clipNorm }), shardOptimizer ? ranks : undefined);
}

/** Which rule updates what, by a config's optimizer. */
export function assignment(options: OptimizerChoice['optimizer'] & { readonly clipNorm: number }): Assign {
  const { name, learningRate, adamLearningRate } = options;
  if (name === 'muon') return assignMuon({ ...options, adamShare: adamLearningRate / learningRate });
  if (name === 'stableadamw') return assignStableAdamw(options);
  return everywhere(name === 'lion' ? lionRule(options) : adamwRule(options));
}
