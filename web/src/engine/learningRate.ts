import { BertrandError } from '../../../src/error.ts';
import { ConfigError } from '../../../src/train/config/problems/problems.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import type { Config } from '../../../src/train/config/table/table.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { CONFIG_NAME } from './plan/configView.ts';
import type { OpenRun } from './prepareRun.ts';

const KEY = 'train.optimizer.learningRate';

/** The config with another learning rate. Throws a BertrandError that says in a sentence why a rate is none. */
export function withLearningRate({ yaml }: Pick<OpenRun, 'yaml'>, rate: number): Config {
  if (!isSecureContext)
    throw new BertrandError('it is changed between two checkpoints, which need a page from https or from localhost');
  try {
    return resolveConfig(yaml, CONFIG_NAME, [`${KEY}=${rate}`]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [{ found, expected }] = error.problems;
    throw new BertrandError(`found ${found}; expected ${expected}`);
  }
}

/** Gives a run that stands at a checkpoint another config; its metrics and that checkpoint say so. */
export async function changeConfig(open: OpenRun, config: Config): Promise<void> {
  const [was, is] = [open.config, config].map(({ train }) => train.optimizer.learningRate);
  const yaml = toYaml(config);
  open.run.log('learning-rate', { step: open.run.checkpoint?.state.step ?? 0, was, is });
  await open.run.change(config, yaml);
  Object.assign(open, { config, yaml });
}
