import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertrand, start, workFolder } from './commandLine.ts';
import type { Started } from './commandLine.ts';

const folder = workFolder();
const pretrain = (out: string, ...more: string[]): string[] => ['pretrain', 'config.yaml', '--out', out, ...more];

/** The last checkpoint's tensors, and the metrics without what depends on time or on interruptions. */
function result(out: string): { model: string; optimizer: string; metrics: string[] } {
  const last = join(folder, out, 'checkpoints', 'step-00000060');
  const read = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(last, name)))
      .digest('hex');
  const lines = readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const metrics = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ event }) => event !== 'resume' && event !== 'stop')
    .map((event) => JSON.stringify({ ...event, time: 0, tokensPerSecond: 0, peakMemory: 0, path: 0 }));
  return { model: read('model.safetensors'), optimizer: read('optimizer.safetensors'), metrics };
}

/** Resolves when the run has made `count` checkpoints, or is over. */
async function checkpoints(out: string, count: number, { child }: Started): Promise<void> {
  const path = join(folder, out, 'checkpoints');
  const made = (): number =>
    existsSync(path) ? readdirSync(path).filter((name) => name.startsWith('step-')).length : 0;
  while (child.exitCode === null && made() < count) await new Promise((resolve) => setTimeout(resolve, 2));
}

let whole: ReturnType<typeof result>;

test('an uninterrupted run ends well', async () => {
  const { code, stderr } = await bertrand(folder, ...pretrain('whole'));
  assert.is(code, 0, stderr);
  whole = result('whole');
});

test('the same run again gives the same bits', async () => {
  await bertrand(folder, ...pretrain('again'));
  assert.equal(result('again'), whole);
});

for (const kills of [1, 3])
  test(`a run killed after ${kills} checkpoints and resumed gives the same bits`, async () => {
    const out = `killed-${kills}`;
    const run = start(folder, ...pretrain(out));
    await checkpoints(out, kills, run);
    run.child.kill('SIGKILL');
    assert.is((await run.ended).code, 'SIGKILL', 'the run ended before it could be killed');
    const { code, stderr } = await bertrand(folder, ...pretrain(out, '--resume'));
    assert.is(code, 0, stderr);
    assert.equal(result(out), whole);
  });

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGUSR1', 128 + constants.signals.SIGUSR1],
] as const)
  test(`${signal} saves, says how to go on, and ends with ${expected}; resumed, the run gives the same bits`, async () => {
    const run = start(folder, ...pretrain(signal));
    await checkpoints(signal, 1, run);
    run.child.kill(signal);
    const { code, stdout, stderr } = await run.ended;
    assert.is(code, expected, stderr);
    assert.match(stdout + stderr, /--resume/);
    const resumed = await bertrand(folder, ...pretrain(signal, '--resume'));
    assert.is(resumed.code, 0, resumed.stderr);
    assert.equal(result(signal), whole);
  });

test('a run is not resumed on another corpus, even if its tokenizer is the same', async () => {
  const corpus = join(folder, 'corpus.txt');
  const text = readFileSync(corpus, 'utf8');
  copyFileSync(join(folder, 'whole/tokenizer.json'), join(folder, 'own.json'));
  const run = pretrain('changed', '--set', 'data.tokenizer=own.json', '--set', 'checkpoint.every=1');
  const first = await bertrand(folder, ...run, '--set', 'train.steps=2');
  assert.is(first.code, 0, first.stderr);
  writeFileSync(corpus, text.replace('king', 'queen'));
  const { code, stderr } = await bertrand(folder, ...run, '--resume');
  assert.is(code, 1);
  assert.match(stderr, /changed: cannot be resumed: its corpus has changed.*put the files back.*--out/);
  writeFileSync(corpus, text);
  const again = await bertrand(folder, ...run, '--resume');
  assert.is(again.code, 0, again.stderr);
});

test.run();
