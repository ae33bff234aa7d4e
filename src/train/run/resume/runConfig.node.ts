import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BertrandError } from '../../../error.ts';
import { loadRunConfig } from '../../config/loadConfig.node.ts';
import { ConfigError } from '../../config/problems/problems.ts';
import { resolveConfig } from '../../config/resolveConfig.ts';
import type { Config } from '../../config/table/table.ts';
import type { StoredModel } from '../checkpoint/checkpoint.ts';

/** The config that a checkpoint was trained with; undefined where it is from a version that did not keep it. */
export function configOf(checkpoint: StoredModel | undefined): Config | undefined {
  const config = checkpoint?.state.config;
  // JSON is YAML; what a stranger's file says is checked like any config
  return config && resolveConfig(JSON.stringify(config), `${checkpoint?.path}/state.json`, [], ['device', 'cpu']);
}

/** A run's config.yaml. Throws a BertrandError that says what is wrong with it, and what to do. */
export function runConfig(run: string, advice: string): Config {
  const path = join(run, 'config.yaml');
  if (!existsSync(path)) throw new BertrandError(`${path}: it is missing; ${advice}`);
  try {
    return loadRunConfig(path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new BertrandError(`${error.message}\n${path} was changed since the run wrote it; ${advice}`);
  }
}
