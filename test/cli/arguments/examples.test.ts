import { test } from 'uvu';
import * as assert from 'uvu/assert';
import yargs from 'yargs';
import { examples } from '../../../src/cli/arguments/examples.ts';
import type { Command } from '../../../src/cli/command.ts';
import { embedCommand } from '../../../src/cli/commands/embed.ts';
import { evaluateCommand } from '../../../src/cli/commands/evaluate.ts';
import { exportCommand } from '../../../src/cli/commands/export.ts';
import { fillMaskCommand } from '../../../src/cli/commands/fillMask.ts';
import { initCommand } from '../../../src/cli/commands/init.ts';
import { predictCommand } from '../../../src/cli/commands/predict.ts';
import { pretrainCommand } from '../../../src/cli/commands/pretrain.ts';
import { reportCommand } from '../../../src/cli/commands/report.ts';
import { resumeCommand } from '../../../src/cli/commands/resume.ts';
import { similarCommand } from '../../../src/cli/commands/similar.ts';
import { sweepCommand } from '../../../src/cli/commands/sweep.ts';

const helpOf = async ({ addTo }: Pick<Command, 'addTo'>, name: string): Promise<string> => {
  let help = '';
  await addTo(yargs().scriptName('bertrand').wrap(null)).parse(`${name} --help`, (_: unknown, __: unknown, shown: string) => {
    help = shown;
  }); // prettier-ignore
  return help;
};

for (const shown of [
  initCommand,
  pretrainCommand,
  resumeCommand,
  evaluateCommand,
  fillMaskCommand,
  reportCommand,
  sweepCommand,
  predictCommand,
  embedCommand,
  similarCommand,
  exportCommand,
]) {
  const [name] = shown.usage.split(' ');
  test(`bertrand ${name} --help ends with examples, of options that it has`, async () => {
    const [options, typed] = (await helpOf(shown, name)).split('Examples:');
    assert.ok(typed);
    for (const [line] of examples[name]) {
      assert.match(typed, `bertrand ${line}`);
      assert.is(line.split(' ')[0], name);
      for (const [, option] of line.matchAll(/ (--[a-z-]+)/g)) assert.match(options, `${option} `);
    }
  });
}

test.run();
