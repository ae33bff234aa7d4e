import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { ConfigError } from '../../train/config/problems/problems.ts';
import type { Config } from '../../train/config/table/table.ts';
import { loadPretrainConfig } from '../../train/import/modelSource.node.ts';
import { gridKey, settingName, settingsOf } from '../../train/sweep/grid.ts';
import type { GridKey } from '../../train/sweep/grid.ts';
import { UsageError } from '../exit.ts';

/** A run of a sweep. */
export interface PlannedRun {
  /** The setting that it shares with others, as `learningRate=1e-3`. */
  readonly setting: string;
  readonly seed: number;
  readonly config: Config;
}

export interface SweepArguments {
  readonly config: string;
  /** `path=value` for all runs. */
  readonly set: readonly string[];
  /** `path=value,value` */
  readonly grid: readonly string[];
  readonly seeds: number;
  /** The sweep's folder. */
  readonly out: string | undefined;
}

const MOST_RUNS = 1000;

/** All runs, those of a setting one after another. Throws a UsageError or a ConfigError before any has begun. */
export function planSweep({ config, set, grid, seeds, out }: SweepArguments): { folder: string; runs: PlannedRun[] } {
  const base = loadPretrainConfig(config, set);
  const keys = grid.map(keyOf);
  const twice = keys.find(({ key }, i) => keys.findIndex((other) => other.key === key) < i);
  if (twice) throw new UsageError(`--grid ${twice.key}: it is given twice; name all its values in one`);
  if (keys.some(({ key }) => key === 'out'))
    throw new UsageError('--grid out: each run has a folder of its own already');
  if (keys.some(({ key }) => key === 'seed'))
    throw new UsageError('--grid seed: give --seeds N instead, for seeds from that of the config on');
  const settings = settingsOf(keys);
  if (settings.length * seeds > MOST_RUNS)
    throw new UsageError(`${settings.length * seeds} runs; a sweep has at most ${MOST_RUNS}`);
  const folder = out ?? `${base.out}-sweep`;
  const runs = settings.flatMap((setting) =>
    Array.from({ length: seeds }, (_, i) => {
      const name = settingName(setting);
      const values = setting.map(({ key, value }) => `${key}=${value}`);
      const seed = base.seed + i;
      const own = [`seed=${seed}`, `out=${JSON.stringify(join(folder, folderName(name, seed)))}`];
      return { setting: name, seed, values, own };
    }),
  );
  return {
    folder,
    runs: runs.map(({ setting, seed, values, own }) => ({
      setting: setting || 'as configured',
      seed,
      config: configOf(config, [...set, ...values, ...own]),
    })),
  };
}

function keyOf(text: string): GridKey {
  const found = gridKey(text);
  if (!found)
    throw new UsageError(`--grid ${text}: expected a key and values`, {
      advice: 'write it like --grid train.optimizer.learningRate=1e-3,3e-3',
    });
  const again = found.values.find((value, i) => found.values.indexOf(value) < i);
  if (again !== undefined) throw new UsageError(`--grid ${found.key}: ${again} is given twice`);
  return found;
}

/** The config was good without the grid, so what is wrong now is the grid's. */
function configOf(path: string, settings: readonly string[]): Config {
  try {
    return loadPretrainConfig(path, settings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(error.message.replaceAll(/^--set /gm, '--grid '));
  }
}

const LONGEST_NAME = 100;

/** A name for any file system that follows from the setting and the seed alone, so that a longer sweep finds the runs of a shorter. */
function folderName(setting: string, seed: number): string {
  const plain = setting.replaceAll(' ', '_');
  const safe = plain.replaceAll(/[^\w.=+-]/g, '-').slice(0, LONGEST_NAME);
  const told = safe === plain ? safe : `${safe}-${createHash('sha256').update(setting).digest('hex').slice(0, 8)}`;
  return [...(told ? [told] : []), `seed=${seed}`].join('_');
}
