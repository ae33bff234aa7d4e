import * as assert from 'uvu/assert';
import { ConfigError } from '../../../src/train/config/problems/problems.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';

/** The lines of the ConfigError that the config must give. */
export function problemsOf(text: string, settings: readonly string[] = []): string[] {
  return linesOf(() => resolveConfig(text, 'a.yaml', settings));
}

/** The lines of the ConfigError that the action must throw. */
export function linesOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).message.split('\n');
  }
  assert.unreachable('no ConfigError');
  return [];
}
