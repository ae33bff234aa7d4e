import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../temporaryFolder.ts';
import { bertrand, cacheHome, clear, workFolder } from './commandLine.ts';

const folder = workFolder();
const json = (text: string): Record<string, never> => JSON.parse(text) as Record<string, never>;

test('pretrain trains, and ends with masked words of the validation text', async () => {
  const { code, stdout, stderr } = await bertrand(folder, 'pretrain', 'config.yaml');
  assert.is(code, 0, stderr);
  assert.match(stdout, /step 60/i);
  assert.match(stdout, /\[\w+\]/);
});

test('pretrain refuses a run that is there, and says what to do', async () => {
  const { code, stderr } = await bertrand(folder, 'pretrain', 'config.yaml');
  assert.is(code, 1);
  assert.match(stderr, /--resume.*--out/);
  clear(stderr);
});

test('evaluate gives what the last validation gave, and takes a run or a checkpoint', async () => {
  const lines = readFileSync(join(folder, 'run/metrics.jsonl'), 'utf8').trim().split('\n').map(json);
  const last = lines.findLast(({ event }) => event === 'validate');
  for (const path of ['run', 'run/checkpoints/step-00000060']) {
    const { code, stdout, stderr } = await bertrand(folder, 'evaluate', path, '--json');
    assert.is(code, 0, stderr);
    const { loss, accuracy, unigramLoss, contextFreeLoss } = json(stdout);
    assert.equal(
      { loss, accuracy, unigramLoss, contextFreeLoss },
      {
        loss: last?.loss,
        accuracy: last?.accuracy,
        unigramLoss: last?.unigramLoss,
        contextFreeLoss: last?.contextFreeLoss,
      },
    );
  }
});

test('evaluate finds the corpus of the run from any folder', async () => {
  const here = await bertrand(folder, 'evaluate', 'run', '--json');
  const there = await bertrand(join(folder, 'run'), 'evaluate', '.', '--json');
  assert.is(there.code, 0, there.stderr);
  assert.is(json(there.stdout).loss, json(here.stdout).loss);
});

test('a moved run counts relative paths from the present folder, and says so where they lead nowhere', async () => {
  const there = temporaryFolder({ 'corpus.txt': readFileSync(join(folder, 'corpus.txt')) });
  cpSync(join(folder, 'run'), join(there, 'deep/er/moved'), { recursive: true });
  const here = await bertrand(there, 'evaluate', 'deep/er/moved');
  assert.is(here.code, 0, here.stderr);
  rmSync(join(there, 'deep/er/moved/validation.safetensors'));
  const nowhere = await bertrand(join(there, 'deep'), 'evaluate', 'er/moved');
  assert.is(nowhere.code, 1);
  assert.match(nowhere.stderr, /corpus\.txt.*the run is not where it was trained.*--corpus/s);
});

test('a copy is resumed by its own config, and the original stays as it was', async () => {
  cpSync(join(folder, 'run'), join(folder, 'copy'), { recursive: true });
  const before = readFileSync(join(folder, 'run/metrics.jsonl'), 'utf8');
  const { code, stdout, stderr } = await bertrand(folder, 'pretrain', 'copy/config.yaml', '--resume', '--set', 'train.steps=62'); // prettier-ignore
  assert.is(code, 0, stderr);
  assert.match(stdout, /^run {5}copy$/m);
  assert.match(stdout, /^learning rate: was 0 at step 60 of 60/m);
  assert.ok(readdirSync(join(folder, 'copy/checkpoints')).includes('step-00000062'));
  assert.is(readFileSync(join(folder, 'run/metrics.jsonl'), 'utf8'), before);
});

test('evaluate takes other text', async () => {
  writeFileSync(join(folder, 'other.txt'), 'the king rules over land and sea '.repeat(40));
  const { code, stdout, stderr } = await bertrand(folder, 'evaluate', 'run', '--corpus', 'other.txt');
  assert.is(code, 0, stderr);
  assert.match(stdout, /loss .*\n.* nats a character, .* bits a byte\n.*perplexity/);
});

test('fill-mask answers with probabilities, and says when there is nothing to fill', async () => {
  const { code, stdout, stderr } = await bertrand(
    folder,
    'fill-mask',
    'run',
    'the king [MASK] over [MASK]',
    '--top',
    '3',
    '--json',
  );
  assert.is(code, 0, stderr);
  const { masks } = JSON.parse(stdout) as { masks: { token: string; probability: number }[][] };
  assert.equal(
    masks.map((guesses) => guesses.length),
    [3, 3],
  );
  for (const [first, second] of masks) assert.ok((first?.probability ?? 0) >= (second?.probability ?? 1));
  const empty = await bertrand(folder, 'fill-mask', 'run', 'the king rules');
  assert.is(empty.code, 1);
  assert.match(empty.stderr, /\[MASK\]/);
  clear(empty.stderr);
});

test('a run loads no library that its config names', async () => {
  const config = join(folder, 'run/config.yaml');
  const before = readFileSync(config, 'utf8');
  assert.match(before, / {2}products: auto/);
  writeFileSync(config, before.replace(' products: auto', ' products: ./x.so'));
  const asked = await bertrand(folder, 'fill-mask', 'run', 'the [MASK]', '--device', 'cpu');
  assert.is(asked.code, 0, asked.stderr);
  const trained = await bertrand(folder, 'pretrain', 'run/config.yaml', '--resume');
  assert.is(trained.code, 2);
  assert.match(
    trained.stderr,
    /cpu\.products: found the text "\.\/x\.so"; expected auto, native, amx, blas, wasm or emulated/,
  );
  writeFileSync(config, before);
});

test('evaluating a run writes into the own cache alone, whatever folder the run names', async () => {
  const foreign = readFileSync(join(folder, 'run/config.yaml'), 'utf8').replace('cache: .bertrand', 'cache: chosen');
  cpSync(join(folder, 'run'), join(folder, 'foreign'), { recursive: true });
  writeFileSync(join(folder, 'foreign/config.yaml'), foreign);
  const names = (): string => readdirSync(folder, { recursive: true }).join('\n');
  const before = names();
  const { code, stderr } = await bertrand(folder, 'evaluate', 'foreign');
  assert.is(code, 0, stderr);
  assert.is(names(), before);
  assert.ok(readdirSync(join(cacheHome, 'bertrand', 'corpora')).some((name) => name.startsWith('tokens-')));
});

test('bench, devices and gradcheck print what they promise', async () => {
  const bench = await bertrand(folder, 'bench', 'config.yaml', '--steps', '2', '--json');
  assert.is(bench.code, 0, bench.stderr);
  for (const key of [
    'tokensPerSecond',
    'millisecondsPerStep',
    'peakMemory',
    'gflopsPerSecond',
    'shareOfPeak',
    'launches',
    'flops',
  ])
    assert.type(json(bench.stdout)[key], 'number', key);
  const devices = await bertrand(folder, 'devices', '--json');
  assert.is(json(devices.stdout).chosen, 'cpu');
  const gradcheck = await bertrand(folder, 'gradcheck', '--only', 'layerNorm');
  assert.is(gradcheck.code, 0, gradcheck.stderr);
  assert.match(gradcheck.stdout, /layerNorm by deviation .*ok/);
});

for (const [what, args, code, pattern] of [
  ['an unknown command', ['pretain', 'config.yaml'], 2, /pretrain/],
  ['no command', [], 2, /command/],
  ['an unknown option', ['devices', '--jsn'], 2, /jsn/],
  ['an unknown device', ['gradcheck', '--device', 'gpu'], 2, /^--device: found "gpu"; expected .*webgpu/],
  ['a missing config', ['pretrain', 'confg.yaml'], 2, /config\.yaml/],
  ['a wrong value in --set', ['pretrain', 'config.yaml', '--set', 'train.steps=many'], 2, /--set.*train\.steps.*many/],
  ['an unknown key in --set', ['pretrain', 'config.yaml', '--set', 'train.step=5'], 2, /steps/],
  [
    'a corpus that is not there',
    ['pretrain', 'config.yaml', '--out', 'x', '--set', 'data.corpus=[nothing*.txt]'],
    1,
    /nothing\*\.txt/,
  ],
  ['a run that is not there', ['evaluate', 'nowhere'], 1, /^nowhere: found nothing; expected a run's folder/],
  ['an op that is not there', ['gradcheck', '--only', 'silu'], 2, /silu.*gelu/],
  ['an option without its value', ['pretrain', 'config.yaml', '--out'], 2, /out/],
  ['an argument that is missing', ['fill-mask', 'run'], 2, /^missing: <text>.*; see `bertrand fill-mask --help`\n$/],
  [
    'a glob that the shell expanded',
    ['evaluate', '--corpus', 'a', 'b', 'run'],
    2,
    /run \(--corpus takes one value here: quote the glob.*evaluate --help`\n$/,
  ],
  ['an option given twice', ['gradcheck', '--device', 'cpu', '--device', 'cpu'], 2, /device/],
  ['a number that is none', ['bench', 'config.yaml', '--steps', 'many'], 2, /--steps.*whole number/],
  [
    'a number that would never end',
    ['bench', 'config.yaml', '--steps', '1e300'],
    2,
    /--steps: .* from 1 to 1000000000\n/,
  ],
  ['an empty path', ['evaluate', ''], 2, /^run: found nothing; write a path/],
] as const)
  test(`${what} gets one clear error and exit code ${code}`, async () => {
    const found = await bertrand(folder, ...args);
    assert.is(found.code, code, found.stderr);
    assert.match(found.stderr, pattern);
    clear(found.stderr);
  });

test.run();
