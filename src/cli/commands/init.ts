import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, relative, resolve } from 'node:path';
import { surveyFiles } from '../../data/survey/surveyFiles.node.ts';
import { writeAtomically } from '../../data/store/writeAtomically.node.ts';
import { BertrandError } from '../../error.ts';
import { openDevice } from '../../kernels/choose.ts';
import { resolveConfig } from '../../train/config/resolveConfig.ts';
import { trainingDeviceOptions } from '../../train/config/trainingDeviceOptions.ts';
import { median, stepTimes, syntheticTraining } from '../../train/measure/syntheticTraining.ts';
import { bertrand } from '../arguments/invocation.ts';
import { deviceOption } from '../arguments/options.ts';
import { command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { configText } from '../init/configText.ts';
import { likelyTokens, proposalFor, stepsFor } from '../init/proposal.ts';
import { print } from '../print/print.ts';
import { formatCount, formatDuration } from '../progress/format.ts';

/** Steps that are timed. */
const TIMED = 8;
const MOST_MINUTES = 1e5;

export const initCommand = command(
  'init <files..>',
  'Write a config for files of text, after a look at them and at how fast this machine is',
  (cli) =>
    cli
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Files or globs, as in data.corpus',
      })
      .option('out', { type: 'string', requiresArg: true, default: 'bertrand.yaml', describe: 'The config to write' })
      .option('minutes', { type: 'number', requiresArg: true, default: 10, describe: 'How long training may take' })
      .option('device', deviceOption),
  async ({ files, out, minutes, device: choice }) => {
    if (!(minutes > 0 && minutes <= MOST_MINUTES))
      throw new UsageError(`--minutes: found ${minutes}; expected a number above 0 and at most ${MOST_MINUTES}`);
    const path = resolve(out);
    if (existsSync(path)) throw new BertrandError(`${out}: it is there already`, { advice: 'choose another --out' });
    const survey = await surveyFiles(files, process.cwd());
    const tokens = likelyTokens(survey);
    const proposal = proposalFor(tokens, minutes);
    const run = `runs/${basename(out).replace(/\.ya?ml$/, '')}`;
    const textWith = (steps: number, why: string): string =>
      configText({ patterns: files, survey, proposal, steps, minutes, why, out: run, device: choice });
    const config = resolveConfig(textWith(1000, ''), out);
    const device = await openDevice(choice, trainingDeviceOptions(config));
    const training = syntheticTraining(config, proposal.vocabSize, device);
    const speed = (1000 * training.tokens) / median(await stepTimes(training.run, TIMED));
    await device.close();
    const steps = stepsFor(minutes, speed, training.tokens, tokens);
    const lasts = formatDuration((steps * training.tokens) / (0.9 * speed));
    const epochs = ((steps * training.tokens) / tokens).toFixed(1);
    const text = textWith(steps, `about ${lasts} on this machine's ${device.name}, ${epochs} epochs`);
    await writeAtomically(path, async (file: FileHandle) => file.writeFile(text), 'choose another --out');
    const name = relative(process.cwd(), path) || out;
    print(
      [
        `text    ${survey.files} ${survey.files === 1 ? 'file' : 'files'}, ${survey.counted ? '' : 'about '}${formatCount(survey.documents)} documents, about ${formatCount(tokens)} tokens`,
        `model   ${proposal.layers} ${proposal.layers === 1 ? 'block' : 'blocks'}, embedding size ${proposal.embeddingSize}`,
        `device  ${device.name}: ${device.description}, ${formatCount(speed)} tokens/s`,
        `steps   ${steps} in about ${lasts}, ${epochs} epochs`,
        `\n${name} is written; train with\n  ${bertrand} pretrain ${name}`,
      ].join('\n'),
    );
    return 0;
  },
);
