#!/usr/bin/env node
// eslint-disable-next-line import/no-unassigned-import -- it listens from then on
import './cli/earlySignal.ts';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { shieldTexts, unshielded } from './cli/arguments/dashes.ts';
import { withResume } from './cli/arguments/resume.ts';
import { withCorpora } from './cli/arguments/shellGlobs.ts';
import { usageLine, yargsWords } from './cli/arguments/usage.ts';
import type { Command } from './cli/command.ts';
import { benchCommand } from './cli/commands/bench.ts';
import { cacheCommand } from './cli/commands/cache.ts';
import { configCommand } from './cli/commands/config.ts';
import { devicesCommand } from './cli/commands/devices.ts';
import { embedCommand } from './cli/commands/embed.ts';
import { evaluateCommand } from './cli/commands/evaluate.ts';
import { exportCommand } from './cli/commands/export.ts';
import { fillMaskCommand } from './cli/commands/fillMask.ts';
import { finetuneCommand } from './cli/commands/finetune.ts';
import { gradcheckCommand } from './cli/commands/gradcheck.ts';
import { initCommand } from './cli/commands/init.ts';
import { predictCommand } from './cli/commands/predict.ts';
import { pretrainCommand } from './cli/commands/pretrain.ts';
import { reportCommand } from './cli/commands/report.ts';
import { resumeCommand } from './cli/commands/resume.ts';
import { runsCommand } from './cli/commands/runs.ts';
import { similarCommand } from './cli/commands/similar.ts';
import { summaryCommand } from './cli/commands/summary.ts';
import { sweepCommand } from './cli/commands/sweep.ts';
import { tokenizerCommand } from './cli/commands/tokenizer.ts';
import { UsageError } from './cli/exit.ts';
import { watchOutput } from './cli/print/print.ts';
import { printHelpOnce } from './cli/print/printHelpOnce.ts';
import { sayFirst } from './cli/print/sayFirst.ts';
import { version } from './cli/version.ts';

/** In the order of the help. */
const commands: readonly Pick<Command, 'usage' | 'addTo'>[] = [
  initCommand,
  pretrainCommand,
  resumeCommand,
  evaluateCommand,
  fillMaskCommand,
  runsCommand,
  reportCommand,
  sweepCommand,
  finetuneCommand,
  predictCommand,
  embedCommand,
  similarCommand,
  gradcheckCommand,
  devicesCommand,
  tokenizerCommand,
  summaryCommand,
  benchCommand,
  exportCommand,
  configCommand,
  cacheCommand,
];

const usages = commands.map(({ usage }) => usage);

/** What must not be empty: an argument's name, and how it is written. */
const PATHS = {
  run: 'run',
  files: 'files',
  folder: 'folder',
  runs: 'runs',
  csv: '--csv',
  config: 'config',
  file: 'file',
  out: '--out',
  corpus: '--corpus',
  'init-from': '--init-from',
};

const args = withResume(withCorpora(hideBin(process.argv)));
const cli = yargs(shieldTexts(args))
  .scriptName('bertrand')
  .usage('$0 COMMAND\n\nPretrain BERT on whatever this machine has.')
  .demandCommand(1, 'Name a command')
  .recommendCommands()
  .strict()
  .parserConfiguration({ 'duplicate-arguments-array': true, 'greedy-arrays': false })
  .version(version)
  .alias({ h: 'help', v: 'version' })
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .check((argv) => {
    const many = Object.keys(argv).find(
      (key) => Array.isArray(argv[key]) && !['_', 'set', 'corpus', 'files', 'runs', 'grid'].includes(key),
    );
    const empty = Object.entries(PATHS).find(([key]) => [argv[key]].flat().includes(''));
    if (empty) throw new UsageError(`${empty[1]}: found nothing; write a path`);
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
    sayFirst(unshielded(usageLine(message ?? error?.message ?? '', args, usages)), 2, true);
    process.exit(2);
  });

for (const { addTo } of commands) addTo(cli);
printHelpOnce();
watchOutput(['pretrain', 'resume', 'finetune', 'sweep'].includes(args[0]));
await cli.parseAsync();
