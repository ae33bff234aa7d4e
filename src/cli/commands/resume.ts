import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BertrandError } from '../../error.ts';
import { loadFinetune } from '../../train/finetune/config/loadFinetune.node.ts';
import { finetune } from '../../train/finetune/finetune.node.ts';
import { anomalyOption, trainingOptions } from '../arguments/options.ts';
import { startOf } from '../arguments/resume.ts';
import { command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { finetuneLines } from '../progress/finetuneLines.ts';
import { findLauncher } from '../../ranks/launcher.node.ts';
import { expectOneProcess } from '../ranks/withRanks.ts';
import { pretrainRun } from '../training/pretrainRun.ts';

export const resumeCommand = command(
  'resume <run> [step]',
  'Go on with a run by its own config',
  (cli) =>
    cli
      .positional('run', { type: 'string', demandOption: true, describe: "A run's folder" })
      .positional('step', {
        type: 'string',
        describe: 'The checkpoint to go on from; the newest intact one if left out',
      })
      .options({ set: trainingOptions.set, device: trainingOptions.device, anomaly: anomalyOption }),
  async ({ run, step, set, device, anomaly }) => {
    const config = join(run, 'config.yaml');
    const isClassifier = (): boolean => existsSync(join(run, 'labels.json'));
    const check = (): void => {
      if (!existsSync(config))
        throw new BertrandError(`${run}: found no config.yaml; expected the folder of a run`, {
          advice: 'list runs by `bertrand runs`',
        });
      if (isClassifier()) expectOneProcess('resume of a classifier');
    };
    if (findLauncher() || !isClassifier())
      // of several ranks the first one looks: others may not see the folder
      return pretrainRun({
        check,
        config,
        set,
        device,
        out: undefined,
        initFrom: undefined,
        start: startOf(step ?? 'newest', false),
        anomaly,
      });
    check();
    if (anomaly) throw new UsageError('resume: found --anomaly; a classifier goes on without it');
    if (step !== undefined)
      throw new UsageError(`resume: found step ${step}; a classifier goes on from its best checkpoint`, {
        advice: 'leave it out',
      });
    const settings = [...set, `out=${JSON.stringify(run)}`, ...(device === undefined ? [] : [`device=${device}`])];
    return finetune(loadFinetune(config, settings, true), true, finetuneLines());
  },
  { ranks: true },
);
