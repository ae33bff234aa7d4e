import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BertrandError } from '../../error.ts';
import { findLauncher } from '../../ranks/launcher.node.ts';
import { fromFirst } from '../../ranks/together.ts';
import { loadConfig } from '../../train/config/loadConfig.node.ts';
import { ConfigError } from '../../train/config/problems/problems.ts';
import type { Config } from '../../train/config/table/table.ts';
import { modelSource, resumedSource } from '../../train/import/modelSource.node.ts';
import { DivergenceError } from '../../train/divergence.ts';
import type { Start } from '../../train/opening.node.ts';
import { pretrain } from '../../train/pretrain.node.ts';
import { quietView } from '../../train/quietView.ts';
import { isRun, RunExists } from '../../train/run/openRun.node.ts';
import { bertrand } from '../arguments/invocation.ts';
import { quoted } from '../arguments/quoted.ts';
import { UsageError } from '../exit.ts';
import { progressView } from '../progress/progressView.ts';
import { outputOf } from '../ranks/outputOf.ts';
import { withRanks } from '../ranks/withRanks.ts';

/** What was typed to train a run. */
export interface TypedRun {
  readonly config: string;
  readonly set: readonly string[];
  readonly device: string | undefined;
  readonly out: string | undefined;
  readonly initFrom: string | undefined;
  readonly start: Start | 'auto';
  /** Throws where the run cannot go on. */
  readonly check?: () => void;
  /** Whether a step that diverges is made once more, and each of its results looked at. */
  readonly anomaly?: boolean;
}

/** Trains the run of a config, alone or with the ranks that a launcher has started. @returns the exit code */
export function pretrainRun(typed: TypedRun): Promise<number> {
  const { config, set, device, out, initFrom, start, check, anomaly = false } = typed;
  const own = runOf(config);
  const typedOut = out !== undefined || set.some((setting) => setting.startsWith('out='));
  const flags = [
    { flag: 'device', key: 'device', value: device },
    { flag: 'out', key: 'out', value: out },
    { flag: 'init-from', key: 'model.from', value: initFrom },
  ].filter(({ value }) => value !== undefined);
  const settings = [...set, ...flags.map(({ key, value }) => `${key}=${JSON.stringify(value)}`)];
  if (own !== undefined && !typedOut) settings.push(`out=${JSON.stringify(own)}`); // a copy names the original
  const given = [...set.map((value) => ({ flag: 'set', value })), ...flags].map(
    ({ flag, value }) => `--${flag} ${quoted(value)}`,
  );
  const resumeCommand = startedByNpm()
    ? 'npm start -- --resume'
    : [`${bertrand} pretrain`, quoted(config), ...given, ...(anomaly ? ['--anomaly'] : []), '--resume'].join(' ');
  return withRanks(async (ranks) => {
    if (anomaly && ranks.size > 1)
      throw new UsageError('--anomaly: found several ranks; expected one process, which makes the same run: leave mpirun out'); // prettier-ignore
    const again = ranks.size === 1 ? resumeCommand : `${findLauncher()?.again(ranks.size)} ${resumeCommand}`;
    const view = ranks.rank === 0 ? progressView(outputOf(ranks), again) : quietView;
    try {
      const resumes = start === 'auto' || start.resume;
      const loaded = await fromFirst(ranks, () => {
        check?.();
        return load(config, settings, resumes, own);
      });
      if (anomaly && loaded.train.minutes !== 'none')
        throw new UsageError('--anomaly: found train.minutes; expected train.steps, since by the clock no step can be made once more as it was'); // prettier-ignore
      const decided = await fromFirst(ranks, async () =>
        start === 'auto' ? { resume: await isRun(loaded.out) } : start,
      );
      return await pretrain(loaded, decided, view, own !== undefined && !typedOut, ranks, anomaly);
    } catch (error) {
      if (isAnomaly(error) && !anomaly && ranks.size === 1)
        throw new BertrandError(error.message, {
          advice: `${again} --anomaly names the op that began it`,
          cause: error,
        });
      if (!(error instanceof RunExists)) throw error;
      throw new BertrandError(error.what, {
        advice: `go on with it by ${again}, or choose another --out; --overwrite replaces it`,
        cause: error,
      });
    }
  });
}

/** Whether a run ended because a number was not finite. */
const isAnomaly = (error: unknown): error is BertrandError =>
  error instanceof BertrandError && error.cause instanceof DivergenceError && !error.cause.isFinite;

/** Where the config of a run itself is missing or damaged, its checkpoints are not: another that says the same will do. */
function load(config: string, settings: readonly string[], resume: boolean, own: string | undefined): Config {
  try {
    return loadConfig(config, settings, resume ? resumedSource : modelSource);
  } catch (error) {
    if (own === undefined || !(error instanceof ConfigError)) throw error;
    throw new UsageError(
      `${error.message}\nput it back as it was, or go on with the config that the run was started with: ${bertrand} pretrain CONFIG --out ${quoted(own)} --resume`,
    );
  }
}

/** Whether what was typed is `npm start`, and nothing behind it. */
const startedByNpm = (): boolean => process.env.npm_lifecycle_event === 'start' && process.argv.length === 4;

/** The run's folder, if the config is a run's own. */
function runOf(config: string): string | undefined {
  const folder = dirname(config);
  return basename(config) === 'config.yaml' && existsSync(join(folder, 'checkpoints')) ? folder : undefined;
}
