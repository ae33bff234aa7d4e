import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BertrandError } from '../../error.ts';
import { loadConfig } from '../../train/config/loadConfig.node.ts';
import { ConfigError } from '../../train/config/problems/problems.ts';
import type { Config } from '../../train/config/table/table.ts';
import { DivergenceError } from '../../train/divergence.ts';
import { modelSource, resumedSource } from '../../train/import/modelSource.node.ts';
import { fromFirst } from '../../ranks/together.ts';
import { pretrain } from '../../train/pretrain.node.ts';
import { quietView } from '../../train/quietView.ts';
import { RunExists } from '../../train/run/openRun.node.ts';
import { configFile, trainingOptions } from '../arguments/options.ts';
import { bertrand } from '../arguments/invocation.ts';
import { quoted } from '../arguments/quoted.ts';
import { command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { outputOf } from '../ranks/outputOf.ts';
import { withRanks } from '../ranks/withRanks.ts';
import { progressView } from '../progress/progressView.ts';

export const pretrainCommand = command(
  'pretrain <config>',
  'Train a model from a config',
  (cli) =>
    cli
      .positional('config', configFile)
      .options(trainingOptions)
      .option('init-from', {
        type: 'string',
        requiresArg: true,
        describe: "Begin with the weights of a run, a checkpoint or a folder of Hugging Face's BERT (model.from)",
      })
      .option('resume', {
        type: 'boolean',
        default: false,
        describe: 'Go on from the newest intact checkpoint of the run',
      })
      .option('anomaly', {
        type: 'boolean',
        default: false,
        describe: 'Where a loss is no number, make the step once more and name the op that began it',
      }),
  async ({ config, set, device, out, initFrom, resume, anomaly }) => {
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
      const again = ranks.size === 1 ? resumeCommand : `mpirun -n ${ranks.size} ${resumeCommand}`;
      const view = ranks.rank === 0 ? progressView(outputOf(ranks), again) : quietView;
      try {
        const loaded = await fromFirst(ranks, () => load(config, settings, resume, own));
        return await pretrain(loaded, resume, view, own !== undefined && !typedOut, ranks, anomaly);
      } catch (error) {
        if (isAnomaly(error) && !anomaly && ranks.size === 1)
          throw new BertrandError(error.message, {
            advice: `${again} --anomaly names the op that began it`,
            cause: error,
          });
        if (!(error instanceof RunExists)) throw error;
        throw new BertrandError(error.what, {
          advice: `go on with it by ${again}, or choose another --out`,
          cause: error,
        });
      }
    });
  },
  { ranks: true },
);

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
