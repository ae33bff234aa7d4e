import { BertrandError } from '../../error.ts';
import { ConfigError } from '../config/problems/problems.ts';
import { resolveConfig } from '../config/resolveConfig.ts';
import type { Config, ConfigInput } from '../config/table/table.ts';

/**
 * Fills in and checks options of the library by the table of configs, so that both have the same defaults, checks and messages.
 * @param given the options as keys of a config
 * @param name what messages call the options
 * @param names how the caller calls the config's keys: `train.batchSize` -> `batchSize`; a section's name -> '' drops it
 * @throws ConfigError that reports all problems at once
 */
export function checkedOptions(given: ConfigInput, name: string, names: Readonly<Record<string, string>>): Config {
  const renamed = (text: string): string =>
    Object.entries(names).reduce((text, [key, own]) => text.replaceAll(own === '' ? `${key}.` : key, own), text);
  try {
    return resolveConfig(JSON.stringify(given), name);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      error.problems.map((problem) => ({
        place: { text: name, order: problem.place.order },
        path: renamed(problem.path),
        found: problem.found,
        expected: renamed(problem.expected),
        advice: renamed(problem.advice),
      })),
    );
  }
}

/** Throws unless a number that no config has is a whole one from `least` on. */
export function expectWhole(name: string, value: unknown, least: number): void {
  if (!Number.isInteger(value) || Number(value) < least)
    throw new BertrandError(`${name}: found ${String(value)}; expected a whole number from ${least} on`);
}
