#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { benchCommand } from './cli/bench.ts';
import { shieldTexts, unshielded } from './cli/dashes.ts';
import { devicesCommand } from './cli/devices.ts';
import { embedCommand } from './cli/embed.ts';
import { evaluateCommand } from './cli/evaluate.ts';
import { UsageError, exitWith } from './cli/exit.ts';
import { exportCommand } from './cli/export.ts';
import { fillMaskCommand } from './cli/fillMask.ts';
import { finetuneCommand } from './cli/finetune.ts';
import { gradcheckCommand } from './cli/gradcheck.ts';
import { predictCommand } from './cli/predict.ts';
import { pretrainCommand } from './cli/pretrain.ts';
import { similarCommand } from './cli/similar.ts';
import { summaryCommand } from './cli/summary.ts';
import { trainTokenizerCommand } from './cli/tokenizer.ts';
import { printError, watchOutput } from './cli/print.ts';
import { commands, usageLine, yargsWords } from './cli/usage.ts';
import { version } from './cli/version.ts';
import { rowFormats } from './data/labelled/row.ts';
import { deviceChoices } from './kernels/choose.ts';
import { poolings } from './train/embed/embedder.ts';

const device = {
  choices: deviceChoices,
  requiresArg: true,
  default: 'auto' as const,
  describe: 'Where to compute; auto takes the fastest that is here',
};
const json = { type: 'boolean', default: false, describe: 'Print JSON' } as const;
const set = {
  type: 'string',
  array: true,
  requiresArg: true,
  default: [] as string[],
  describe: 'Change a key of the config: --set train.steps=100',
} as const;
const config = { type: 'string', demandOption: true, describe: 'A config in YAML' } as const;
const run = { type: 'string', demandOption: true, describe: "A run's folder, or one of its checkpoints" } as const;
const encoder = {
  type: 'string',
  demandOption: true,
  describe: "A run's folder, one of its checkpoints, or a folder of Hugging Face's BERT",
} as const;
const textFile = {
  type: 'string',
  demandOption: true,
  describe: 'A file with a text in each line, or .jsonl; - for the standard input',
} as const;
const field = {
  type: 'string',
  requiresArg: true,
  describe: "Lines are JSON objects, and this is the field of their texts; of a .jsonl file 'text' by default",
} as const;
const pooling = {
  choices: poolings,
  default: 'mean' as const,
  requiresArg: true,
  describe: "mean: of all tokens' outputs, [CLS] and [SEP] included; cls: the output of [CLS]",
};

/** What must not be empty. */
const PATHS = ['run', 'config', 'out', 'corpus', 'file', 'init-from'];

const args = hideBin(process.argv);
const cli = yargs(shieldTexts(args))
  .scriptName('bertrand')
  .usage('$0 COMMAND\n\nPretrain BERT on whatever this machine has.')
  .command(
    commands.pretrain,
    'Train a model from a config',
    (y) =>
      y
        .positional('config', config)
        .option('set', set)
        .option('device', { choices: deviceChoices, requiresArg: true, describe: "Instead of the config's device" })
        .option('out', { type: 'string', requiresArg: true, describe: "The run's folder, instead of the config's out" })
        .option('init-from', {
          type: 'string',
          requiresArg: true,
          describe: "Begin with the weights of a run, a checkpoint or a folder of Hugging Face's BERT (model.from)",
        })
        .option('resume', {
          type: 'boolean',
          default: false,
          describe: 'Go on from the newest intact checkpoint of the run',
        }),
    (a) => exitWith(() => pretrainCommand(a)),
  )
  .command(
    commands.evaluate,
    'Loss, perplexity and accuracy on frozen masks',
    (y) =>
      y
        .positional('run', run)
        .option('corpus', {
          type: 'string',
          array: true,
          requiresArg: true,
          describe: "Files or globs to evaluate on, instead of the run's validation text",
        })
        .option('device', device)
        .option('json', json),
    (a) => exitWith(() => evaluateCommand(a)),
  )
  .command(
    commands.fillMask,
    'Guess the words at [MASK]',
    (y) =>
      y
        .positional('run', run)
        .positional('text', {
          type: 'string',
          describe: 'A text with [MASK] in it; - for the lines of the standard input',
        })
        .option('file', { type: 'string', requiresArg: true, describe: 'A file with a text in each line, instead' })
        .option('targets', {
          type: 'string',
          requiresArg: true,
          describe: 'The only words to choose from, as in --targets king,queen',
        })
        .option('top', {
          type: 'number',
          requiresArg: true,
          describe: 'Guesses for each mask: 5 by default, or all targets',
        })
        .option('device', device)
        .option('json', json),
    (a) => exitWith(() => fillMaskCommand(a)),
  )
  .command(
    commands.finetune,
    'Train a classifier of texts or words from a pretrained model',
    (y) =>
      y
        .positional('config', config)
        .option('set', set)
        .option('device', { choices: deviceChoices, requiresArg: true, describe: "Instead of the config's device" })
        .option('out', { type: 'string', requiresArg: true, describe: "The run's folder, instead of the config's out" })
        .option('resume', { type: 'boolean', default: false, describe: 'Go on from the best checkpoint of the run' }),
    (a) => exitWith(() => finetuneCommand(a)),
  )
  .command(
    commands.predict,
    'Label texts with a fine-tuned classifier',
    (y) =>
      y
        .positional('run', { type: 'string', demandOption: true, describe: "A fine-tuning run's folder" })
        .positional('file', {
          type: 'string',
          demandOption: true,
          describe: 'A .jsonl, .csv or .tsv file, or one with a text in each line; - for the standard input',
        })
        .option('input', { choices: rowFormats, requiresArg: true, describe: "The file's format, whatever its name" })
        .option('format', {
          choices: ['jsonl', 'csv'] as const,
          default: 'jsonl' as const,
          requiresArg: true,
          describe: 'What to write',
        })
        .option('out', {
          type: 'string',
          requiresArg: true,
          describe: 'A file to write, instead of the standard output',
        })
        .option('evaluate', {
          type: 'boolean',
          default: false,
          describe: 'Compare with the labels in the file, and print how well it does',
        })
        .option('device', device),
    // of a lone dash yargs makes an empty text
    (a) => exitWith(() => predictCommand({ ...a, file: a.file === '' && args.includes('-') ? '-' : a.file })),
  )
  .command(
    commands.embed,
    'Turn texts into vectors',
    (y) =>
      y
        .positional('run', encoder)
        .positional('file', textFile)
        .option('field', field)
        .option('pooling', pooling)
        .option('normalize', { type: 'boolean', default: false, describe: 'Give each vector the length 1' })
        .option('out', {
          type: 'string',
          requiresArg: true,
          describe: 'A .npy or .jsonl file to write; without it JSON Lines go to the standard output',
        })
        .option('device', device),
    (a) => exitWith(() => embedCommand(a)),
  )
  .command(
    commands.similar,
    'Find the texts that are most like a sentence',
    (y) =>
      y
        .positional('run', encoder)
        .positional('file', textFile)
        .positional('query', { type: 'string', demandOption: true, describe: 'The sentence' })
        .option('field', field)
        .option('pooling', pooling)
        .option('top', { type: 'number', default: 10, requiresArg: true, describe: 'How many texts' })
        .option('device', device)
        .option('json', json),
    (a) => exitWith(() => similarCommand(a)),
  )
  .command(
    commands.gradcheck,
    'Check the gradients of every op and every box',
    (y) =>
      y
        .option('device', device)
        .option('only', { type: 'string', requiresArg: true, describe: 'Only those whose name begins so' }),
    (a) => exitWith(() => gradcheckCommand(a)),
  )
  .command(
    commands.devices,
    'What this machine can compute on',
    (y) => y.option('json', json).option('here', { type: 'boolean', default: false, hidden: true }),
    (a) => exitWith(() => devicesCommand(a)),
  )
  .command(commands.tokenizer, 'Make tokenizers', (y) =>
    y
      .command(
        'train',
        'Train a WordPiece vocabulary',
        (t) =>
          t
            .option('corpus', {
              type: 'string',
              array: true,
              demandOption: true,
              requiresArg: true,
              describe: 'Files or globs; npm:PACKAGE/glob for files of a package',
            })
            .option('vocab-size', {
              type: 'number',
              demandOption: true,
              requiresArg: true,
              describe: 'Tokens in the vocabulary',
            })
            .option('out', {
              type: 'string',
              demandOption: true,
              requiresArg: true,
              describe: 'The tokenizer.json to write',
            })
            .option('documents', {
              choices: ['file', 'blank-line'] as const,
              requiresArg: true,
              default: 'file' as const,
              describe: 'What a document is',
            })
            .option('lowercase', {
              type: 'boolean',
              default: true,
              describe: 'Lower the case; --no-lowercase to keep it',
            })
            .option('strip-accents', {
              type: 'boolean',
              describe: 'Take away accents and vowel signs, or --no-strip-accents; left out: as --lowercase',
            })
            .option('limit-alphabet', {
              type: 'number',
              requiresArg: true,
              describe: 'The most characters that get tokens; left out: 1000, or what 99.95 % of the text takes',
            }),
        (a) => exitWith(() => trainTokenizerCommand(a)),
      )
      .demandCommand(1, 'Name what to do with tokenizers: train'),
  )
  .command(
    commands.summary,
    'Parameters, FLOPs and memory, box by box',
    (y) => y.positional('config', config).option('set', set),
    (a) => exitWith(() => summaryCommand(a)),
  )
  .command(
    commands.bench,
    'Time training steps of a config',
    (y) =>
      y
        .positional('config', config)
        .option('set', set)
        .option('device', device)
        .option('steps', { type: 'number', default: 10, requiresArg: true, describe: 'Steps to time' })
        .option('host-only', {
          type: 'boolean',
          default: false,
          describe: "Time the host's part of a webgpu step, on a GPU that executes nothing",
        })
        .option('json', json),
    (a) => exitWith(() => benchCommand(a)),
  )
  .command(
    commands.export,
    'Write a trained model for other programs',
    (y) =>
      y
        .positional('run', run)
        .option('format', {
          choices: ['hf', 'onnx'] as const,
          demandOption: true,
          requiresArg: true,
          describe:
            'hf: a folder for Hugging Face transformers (preset bert); onnx: for ONNX Runtime and transformers.js',
        })
        .option('out', { type: 'string', demandOption: true, requiresArg: true, describe: 'A new folder' })
        .option('precision', {
          choices: ['f32', 'f16'] as const,
          default: 'f32' as const,
          requiresArg: true,
          describe: 'f16 writes onnx/model_fp16.onnx as well',
        })
        .option('quantize', {
          choices: ['int8'] as const,
          requiresArg: true,
          describe: 'Write onnx/model_quantized.onnx as well, its matrices in int8',
        })
        .option('device', device),
    (a) => exitWith(() => exportCommand(a)),
  )
  .demandCommand(1, 'Name a command')
  .recommendCommands()
  .strict()
  .parserConfiguration({ 'duplicate-arguments-array': true, 'greedy-arrays': false })
  .version(version)
  .alias({ h: 'help', v: 'version' })
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .check((argv) => {
    const many = Object.keys(argv).find((key) => Array.isArray(argv[key]) && !['_', 'set', 'corpus'].includes(key));
    const empty = PATHS.find((key) => [argv[key]].flat().includes(''));
    if (empty !== undefined) throw new UsageError(`${empty}: found nothing; write a path`);
    if (many !== undefined) throw new UsageError(`--${many} is given more than once: ${String(argv[many])}`);
    return true;
  })
  .middleware((argv) => {
    for (const [key, value] of Object.entries(argv))
      if (typeof value === 'string') argv[key] = unshielded(value);
      else if (Array.isArray(value))
        argv[key] = value.map((item) => (typeof item === 'string' ? unshielded(item) : item));
  })
  .updateStrings(yargsWords)
  .fail((message: string | null, error?: Error) => {
    if (error && error.name !== 'YError' && !(error instanceof UsageError)) throw error;
    printError(unshielded(usageLine(message ?? error?.message ?? '', args)));
    process.exit(2);
  });

watchOutput(['pretrain', 'finetune'].includes(args[0]));
await cli.parseAsync();
