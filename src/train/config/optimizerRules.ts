import type { CrossCheck } from './crossCheck.ts';
import { trainTable } from './table/trainTable.ts';
import type { Config } from './table/table.ts';

type OptimizerConfig = Config['train']['optimizer'];
type Key = keyof OptimizerConfig;

/** The keys that not every optimizer has. */
const owners: Partial<Record<Key, readonly OptimizerConfig['name'][]>> = {
  epsilon: ['adamw', 'stableadamw', 'muon'],
  momentum: ['muon'],
  adamLearningRate: ['muon'],
};

/** What an optimizer has in place of the table's defaults, which are those of AdamW. */
const own: Record<string, Partial<OptimizerConfig>> = {
  muon: { learningRate: 0.02 },
  lion: { learningRate: 3e-4, betas: [0.9, 0.99] },
};

/** The same as keys of `train`; of what is no name, nothing. */
export function optimizerDefaults(name: unknown): object {
  return typeof name === 'string' && Object.hasOwn(own, name) ? { optimizer: own[name] } : {};
}

/** The rules on the optimizer: each has its own keys, and not all can do everything. */
export const optimizerRules: readonly CrossCheck<Pick<Config, 'train'>>[] = [
  ...Object.entries(owners).map(([key, names]) => foreignKey(key as Key, names)),
  {
    keys: ['train.optimizer.name', 'train.precision'],
    broken: ({ train: { optimizer, precision } }) =>
      precision === 'f16' &&
      optimizer.name === 'muon' && {
        expected: 'adamw, stableadamw or lion, as train.precision is f16',
        advice: 'change it, or write train.precision: f32',
      },
  },
  {
    keys: ['train.shardOptimizer', 'train.optimizer.name'],
    broken: ({ train: { optimizer, shardOptimizer } }) =>
      shardOptimizer &&
      (optimizer.name === 'muon' || optimizer.name === 'stableadamw') && {
        expected: `false, as train.optimizer.name is ${optimizer.name}, which takes whole tensors`,
        advice: 'write false, or choose adamw or lion',
      },
  },
];

function foreignKey(key: Key, names: readonly OptimizerConfig['name'][]): CrossCheck<Pick<Config, 'train'>> {
  const { [key]: standard } = trainTable.parse({}).optimizer;
  return {
    keys: [`train.optimizer.${key}`, 'train.optimizer.name'],
    broken: ({ train: { optimizer } }) =>
      !names.includes(optimizer.name) &&
      optimizer[key] !== standard && {
        expected: `nothing, as train.optimizer.name is ${optimizer.name}: only ${names.join(' and ')} ${names.length > 1 ? 'have' : 'has'} it`,
        advice: `remove it, or choose ${names.join(' or ')}`,
      },
  };
}
