import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startOf, withResume } from '../../src/cli/arguments/resume.ts';
import { readRun } from '../../src/train/record/readRun.node.ts';
import { messageOf } from '../messageOf.ts';
import { bertrand, workFolder } from './commandLine.ts';

const folder = workFolder();
const filesIn = (at: string): string[] => readdirSync(join(folder, at)).toSorted();
const modelOf = (step: string, at = 'run/checkpoints'): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, at, `step-000000${step}`, 'model.safetensors')))
    .digest('hex');

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await bertrand(folder, ...args);
  assert.is(code, 0, stderr);
  return stdout + stderr;
}

test('--resume auto begins where there is nothing; resume RUN STEP goes on by its own config, and keeps what came after', async () => {
  await done('pretrain', 'config.yaml', '--resume', 'auto');
  const last = modelOf('60');
  const said = await done('resume', 'run', '50');
  assert.match(said, /run: goes on from step 50; what came after it is kept in checkpoints\.1 and metrics\.1\.jsonl/);
  assert.is(modelOf('60'), last);
  assert.is(modelOf('60', 'run/checkpoints.1'), last);
});

test('--overwrite puts a run in place of another; by the clock it is done when its minutes are over', async () => {
  await done('pretrain', 'config.yaml', '--overwrite', '--set', 'train.minutes=0.02', '--set', 'checkpoint.keep=1');
  assert.not(filesIn('run').includes('checkpoints.1'));
  const { state, steps, metrics } = readRun(join(folder, 'run'));
  assert.equal([state.name, steps], ['done', undefined]);
  assert.match(filesIn('run/checkpoints').at(-1) ?? '', new RegExp(`-0*${metrics.step}$`));
  const seconds = 60 * metrics.minutes;
  assert.ok(seconds > 1.1 && seconds < 20, `${seconds} s`);
});

test('--resume takes a step or auto, and may stand alone', async () => {
  const words = (...args: string[]): string =>
    withResume(['pretrain', ...args])
      .slice(1)
      .join(' ');
  assert.is(words('--resume', 'my.yaml'), '--resume=newest my.yaml');
  assert.is(words('my.yaml', '--resume', '300', '--out', 'x'), 'my.yaml --resume=300 --out x');
  assert.is(words('--resume', 'auto', 'my.yaml'), '--resume=auto my.yaml');
  assert.is(words('--', '--resume'), '-- --resume');
  assert.equal(withResume(['finetune', '--resume']), ['finetune', '--resume']);
  assert.equal(startOf(undefined, true), { resume: false, overwrite: true });
  assert.equal(startOf('newest', false), { resume: true });
  assert.equal(startOf('300', false), { resume: true, step: 300 });
  assert.is(startOf('auto', false), 'auto');
  assert.match(await messageOf(() => startOf('best', false)), /^--resume: found "best"; expected the step of a/);
  assert.match(await messageOf(() => startOf('0', false)), /^--resume: found "0"/);
  assert.match(await messageOf(() => startOf('newest', true)), /^--resume and --overwrite: one goes on with a run/);
});

test.run();
