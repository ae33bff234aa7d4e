import { systemReason } from '../../error.ts';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FindSource } from './modelSource.ts';
import { nearestName } from './problems/nearestName.ts';
import { ConfigError } from './problems/problems.ts';
import { LONGEST_CONFIG, resolveConfig, tooLong } from './resolveConfig.ts';
import type { Config } from './table/table.ts';

/** `resolveConfig` of a file. Throws a ConfigError also when the file is missing, a folder, unreadable or no UTF-8. */
export function loadConfig(path: string, settings: readonly string[] = [], findSource?: FindSource): Config {
  return resolveConfig(readConfigFile(path), path, settings, [], findSource);
}

/** The same for the config of a run that was trained elsewhere, whose device settings mean nothing here. */
export function loadRunConfig(path: string): Config {
  return resolveConfig(readConfigFile(path), path, [], ['device', 'cpu']);
}

/** The text of a config's file. Throws as `loadConfig` does. */
export function readConfigFile(path: string): string {
  const info = attempt(path, () => statSync(path));
  if (info.size > 4 * LONGEST_CONFIG) throw new ConfigError([tooLong(path, info.size)]);
  if (!info.isFile() && !info.isDirectory()) throw unusable(path, 'a device or a pipe', 'name a file');
  const bytes = attempt(path, () => readFileSync(path));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(path, 'bytes that are not UTF-8', 'save the file as UTF-8');
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw unusable(path, 'a folder', `name a file in it${inFolder(path)}`);
    if (code !== 'ENOENT')
      throw unusable(path, `a file that cannot be read: ${systemReason(error) ?? message}`, 'check the path');
    const near = nearestName(basename(path), configsIn(dirname(path)));
    throw unusable(path, 'no such file', near ? `did you mean ${join(dirname(path), near)}?` : 'check the path');
  }
}

function inFolder(folder: string): string {
  const names = configsIn(folder);
  return names.length > 0 ? `: ${names.join(', ')}` : '';
}

function configsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  } catch {
    return [];
  }
}

function unusable(path: string, found: string, advice: string): ConfigError {
  const place = { text: path, order: 0 };
  return new ConfigError([{ place, path: '', found, expected: 'a config in YAML', advice }]);
}
