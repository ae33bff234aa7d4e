import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertrand, clear, workFolder } from './commandLine.ts';

const folder = workFolder();
const sweep = (...more: string[]): string[] => ['sweep', 'config.yaml', '--set', 'train.steps=20', '--device', 'cpu', ...more]; // prettier-ignore
const grid = ['--grid', 'train.optimizer.learningRate=1e-2,1e-4'];

interface Result {
  readonly settings: {
    readonly setting: string;
    readonly runs: { readonly seed: number; readonly state: string; readonly loss: number }[];
    readonly loss: { readonly mean: number; readonly halfWidth: number };
  }[];
}

test('a sweep trains each setting with each seed, and compares; the same command goes on', async () => {
  const { code, stdout, stderr } = await bertrand(folder, ...sweep(...grid, '--seeds', '2'));
  assert.is(code, 0, stderr);
  assert.match(stdout, /run 4 of 4: learningRate=1e-4, seed 43/);
  assert.match(stdout, /^learningRate=1e-2 +2 +\d\.\d{4} ± \d/m);
  assert.equal(
    readdirSync(join(folder, 'run-sweep')).toSorted(),
    ['learningRate=1e-2_seed=42', 'learningRate=1e-2_seed=43', 'learningRate=1e-4_seed=42', 'learningRate=1e-4_seed=43', 'report.html'], // prettier-ignore
  );
  const metrics = join(folder, 'run-sweep/learningRate=1e-2_seed=42/metrics.jsonl');
  const before = readFileSync(metrics, 'utf8');
  const again = await bertrand(folder, ...sweep(...grid, '--seeds', '3', '--json'));
  assert.is(again.code, 0, again.stderr);
  assert.is(readFileSync(metrics, 'utf8'), before, 'what was done is not done again');
  const [best, other] = (JSON.parse(again.stdout) as Result).settings;
  assert.equal([best.setting, other.setting], ['learningRate=1e-2', 'learningRate=1e-4']);
  assert.equal(best.runs.map(({ seed, state }) => [seed, state]), [[42, 'done'], [43, 'done'], [44, 'done']]); // prettier-ignore
  const mean = best.runs.reduce((sum, { loss }) => sum + loss, 0) / 3;
  assert.ok(Math.abs(best.loss.mean - mean) < 1e-9 && best.loss.halfWidth > 0);
});

for (const [what, args, pattern] of [
  ['a value that is none', ['--grid', 'train.steps=10,many'], /^--grid train\.steps=many: train\.steps: found .*many/],
  ['an unknown key', ['--grid', 'train.stps=10'], /train\.stps.*steps/],
  [
    'a grid without values',
    ['--grid', 'train.steps'],
    /^--grid train\.steps: expected a key and values; write it like/,
  ],
  ['a key twice', ['--grid', 'seed=1', '--seeds', '2'], /^--grid seed: give --seeds N instead/],
] as const)
  test(`${what} is refused before any run begins`, async () => {
    const found = await bertrand(folder, ...sweep('--out', 'refused', ...args));
    assert.is(found.code, 2, found.stderr);
    assert.match(found.stderr, pattern);
    clear(found.stderr);
    assert.not.ok(existsSync(join(folder, 'refused')));
  });

test.run();
