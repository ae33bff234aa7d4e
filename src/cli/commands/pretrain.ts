import { anomalyOption, configFile, trainingOptions } from '../arguments/options.ts';
import { startOf } from '../arguments/resume.ts';
import { command } from '../command.ts';
import { pretrainRun } from '../training/pretrainRun.ts';

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
        describe:
          "Begin with the weights of a run, a checkpoint or a folder of Hugging Face's BERT or ModernBERT (model.from)",
      })
      .option('resume', {
        type: 'string',
        describe:
          'Go on from the newest intact checkpoint of the run; --resume STEP: from that of a step; --resume auto: begin where there is no run',
      })
      .option('overwrite', {
        type: 'boolean',
        default: false,
        describe: 'Remove the run that is in the folder, once the new one is ready to train',
      })
      .option('anomaly', anomalyOption),
  async ({ resume, overwrite, ...typed }) => pretrainRun({ ...typed, start: startOf(resume, overwrite) }),
  { ranks: true },
);
