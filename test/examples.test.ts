import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from './temporaryFolder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsx = import.meta.resolve('tsx');
const cwd = temporaryFolder(); // some of them save what they trained

/** Resolves to what an example prints. */
async function run(example: string, ...args: string[]): Promise<string[]> {
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const path = join(root, 'examples', example);
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, path, ...args], { cwd, env });
  return stdout.trim().split('\n');
}

test('the regression checks its gradients and fits the curve', async () => {
  const [check, ...steps] = await run('regression.ts');
  assert.is(check, 'every gradient agrees with central differences');
  const errors = steps.map((line) => Number(line.match(/^step \d+: mean squared error (\S+)$/)?.[1]));
  assert.is(errors.length, 6, steps.join('\n'));
  assert.ok(errors[0] > 0.1 && errors[5] < 1e-4, steps.join('\n'));
});

test('own text is trained on, asked about and saved', async () => {
  const text = join(cwd, 'animals.txt');
  writeFileSync(text, 'the cat sat on the mat and the dog lay on the rug .\n'.repeat(2000));
  const lines = await run('own-text.ts', text);
  const losses = lines.slice(0, 4).map((line) => Number(line.match(/^step \d+: loss (\S+)$/)?.[1]));
  assert.ok(losses[3] < 0.9 * losses[0], lines.join('\n'));
  assert.is(lines.length, 7);
  assert.ok(existsSync(join(cwd, 'runs/own-text/model.safetensors')));
});

test('a loop of its own learns which animal sits where', async () => {
  const last = (await run('own-loop.ts')).at(-1) ?? '';
  assert.match(last, /^step 300: validation loss 0\.\d+, accuracy 100 %$/);
});

test('an op of its own agrees with central differences, and on the cpu with float64', async () =>
  assert.equal(await run('custom-op.ts'), ['right', 'right']));

test('the nearest neighbour of each sentence is of its kind', async () => {
  const lines = await run('neighbours.ts');
  assert.is(lines.length, 9);
  for (const line of lines) {
    const [sentence, nearest] = line.split(' -> ').map((text) => text.split(' ')[1]);
    assert.is(sentence, nearest, line);
  }
});

test('a classifier on a pretrained encoder labels nearly all texts rightly', async () => {
  const [, right] = /^(\d+) of 80 right$/.exec((await run('classifier.ts'))[0]) ?? [];
  assert.ok(Number(right) >= 76, right);
});

test.run();
