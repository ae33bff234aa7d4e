import { loadFinetune } from '../../train/finetune/config/loadFinetune.node.ts';
import { finetune } from '../../train/finetune/finetune.node.ts';
import { configFile, trainingOptions } from '../arguments/options.ts';
import { command } from '../command.ts';
import { finetuneLines } from '../progress/finetuneLines.ts';

export const finetuneCommand = command(
  'finetune <config>',
  'Train a classifier of texts or words from a pretrained model',
  (cli) =>
    cli
      .positional('config', configFile)
      .options(trainingOptions)
      .option('resume', { type: 'boolean', default: false, describe: 'Go on from the best checkpoint of the run' }),
  ({ config, set, device, out, resume }) => {
    const flags = Object.entries({ device, out }).filter(([, value]) => value !== undefined);
    const settings = [...set, ...flags.map(([key, value]) => `${key}=${JSON.stringify(value)}`)];
    return finetune(loadFinetune(config, settings), resume, finetuneLines());
  },
);
