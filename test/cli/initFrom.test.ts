import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertrand, workFolder } from './commandLine.ts';

const folder = workFolder();
writeFileSync(
  join(folder, 'more.yaml'),
  'data: { corpus: [corpus.txt], documents: blank-line, validation: 0.1 }\ntrain: { steps: 10, batchSize: 8, optimizer: { learningRate: 1e-7 } }\nvalidate: { batches: 2 }',
);

interface Metric {
  readonly event: string;
  readonly step: number;
  readonly loss: number;
}
const metrics = (run: string): Metric[] =>
  readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Metric);
const validations = (run: string): number[] =>
  metrics(run)
    .filter(({ event }) => event === 'validate')
    .map(({ loss }) => loss);

const small = ['--set', 'validate.every=5', '--set', 'checkpoint.every=5'];
const train = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await bertrand(folder, 'pretrain', 'more.yaml', ...small, ...args);
  assert.is(code, 0, stderr);
  return stdout;
};

test('a run goes on from the weights of another, under a config of its own', async () => {
  const first = await bertrand(folder, 'pretrain', 'config.yaml', '--set', 'model.preset=bert', '--out', 'base');
  assert.is(first.code, 0, first.stderr);
  // the rate is too small to learn anything in ten steps
  await train('--init-from', 'base', '--out', 'more');
  assert.ok(Math.abs(validations('more')[0] - (validations('base').at(-1) as number)) < 0.01);
});

test('so does one from what was exported to Hugging Face; stopped, it resumes without the folder, bit for bit', async () => {
  const made = await bertrand(folder, 'export', 'base', '--format', 'hf', '--out', 'hf');
  assert.is(made.code, 0, made.stderr);
  const whole = ['--init-from', 'hf', '--set', 'train.steps=10'];
  await train(...whole, '--out', 'whole');
  assert.equal(validations('whole'), validations('more'));

  await train('--init-from', 'hf', '--set', 'train.steps=5', '--out', 'parts', '--set', 'train.schedule.name=constant');
  renameSync(join(folder, 'hf'), join(folder, 'elsewhere'));
  await train(...whole, '--out', 'parts', '--set', 'train.schedule.name=constant', '--resume');
  assert.equal(metrics('parts').at(-1)?.step, 10);
  const answer = await bertrand(folder, 'fill-mask', 'parts', 'the king [MASK] over land', '--top', '1');
  assert.is(answer.code, 0, answer.stderr);
  const gone = await bertrand(folder, 'pretrain', 'more.yaml', '--init-from', 'hf', '--out', 'new');
  assert.is(gone.code, 1);
  assert.match(gone.stderr, /^model\.from: hf: found nothing; expected a run's folder/);
});

test('summary knows the sizes; keys that say otherwise are refused', async () => {
  const { stdout } = await bertrand(folder, 'summary', 'more.yaml', '--set', 'model.from=elsewhere');
  assert.match(stdout, /preset bert/);
  const { code, stderr } = await bertrand(
    folder,
    'pretrain',
    'more.yaml',
    '--init-from',
    'base',
    '--set',
    'model.heads=4',
  );
  assert.is(code, 2);
  assert.match(stderr, /model\.heads: found 4; expected 2, as in model\.from, base/);
});

test.run();
