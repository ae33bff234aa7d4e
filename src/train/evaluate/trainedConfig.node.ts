import { join } from 'node:path';
import { BertrandError } from '../../error.ts';
import type { Config } from '../config/table/table.ts';
import { changedKeys, differingKeys } from '../run/resume/changedKeys.ts';
import type { ChangedKey } from '../run/resume/changedKeys.ts';
import type { StoredModel } from '../run/checkpoint/checkpoint.ts';
import { configOf, runConfig } from '../run/resume/runConfig.node.ts';

/**
 * The config of a trained model: the run's config.yaml, compared with the one its checkpoint was saved with; or the latter where
 * config.yaml cannot be read. Throws a BertrandError where the two do not describe the same model.
 */
export function trainedConfig(run: string, checkpoint: StoredModel): { config: Config; notices: string[] } {
  const { state } = checkpoint;
  const saved = configOf(checkpoint);
  let config;
  try {
    config = runConfig(run, 'put it back as it was');
  } catch (error) {
    if (!saved || !(error instanceof BertrandError)) throw error;
    return { config: saved, notices: [`${error.message}: what step ${state.step} was saved with is taken instead`] };
  }
  if (!saved) return { config, notices: [] };
  const changed = changedKeys(saved, config, state);
  if (changed.length > 0)
    throw new BertrandError(
      `${join(run, 'config.yaml')}: it was changed since step ${state.step} was saved:\n${changed.map((key) => `  ${changeOf(key)}`).join('\n')}\nput it back as it was`,
    );
  const measured = differingKeys(saved, config).filter(({ key }) => key.startsWith('validate.'));
  return { config, notices: measured.map((key) => `since step ${state.step} was saved, ${changeOf(key)}`) };
}

const changeOf = ({ key, was, is }: ChangedKey): string =>
  `${key} was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`;
