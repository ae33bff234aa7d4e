import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../temporaryFolder.ts';
import { bertrand } from './commandLine.ts';

const sentences = [
  'the cat sat on the mat',
  'a dog ran over the hill',
  'cats and dogs ran and sat',
  'the hill is over the mat',
];
const some = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${sentences[i % 4]} ${sentences[(i * 7) % 3]}`);
const config = `
out: run
device: cpu
data: { corpus: ['w/*.jsonl.gz', l.txt], weights: [2, 1], validationCorpus: [v.csv], documents: line, sequenceLength: 8, cache: cache, tokenizer: { vocabSize: 60 } }
model: { layers: 1, embeddingSize: 8, heads: 2, feedForwardSize: 8 }
train: { steps: 4, batchSize: 2, accumulate: 2 }
validate: { every: 2, batches: 2 }
checkpoint: { every: 2 }
log: { every: 1 }
`;
const folder = temporaryFolder({
  'config.yaml': config,
  'w/a.jsonl.gz': gzipSync(
    some(60)
      .map((text, id) => JSON.stringify({ id, text }))
      .join('\n'),
  ),
  'l.txt': some(30).join('\n'),
  'v.csv': `id,text\n${some(9)
    .map((text, id) => `${id},"${text}"`)
    .join('\n')}\n`,
});
const model = (step: number): Buffer =>
  readFileSync(join(folder, `run/checkpoints/step-0000000${step}/model.safetensors`));

test('texts of several forms are mixed by weight, validated on another, and resumed bit for bit', async () => {
  const { code, stdout, stderr } = await bertrand(folder, 'pretrain', 'config.yaml');
  assert.is(code, 0, stderr);
  assert.match(stdout, /^data {4}99 documents/m);
  assert.match(stdout, /^mixture 66\.7 % w\/\*\.jsonl\.gz, [\d.]+ epochs in 4 steps\n {8}33\.3 % l\.txt, /m);
  assert.match(stdout, /^step 3\/4 .* epoch 0\.\d\d /m);
  const whole = model(4);
  rmSync(join(folder, 'run/checkpoints/step-00000004'), { recursive: true });
  const resumed = await bertrand(folder, 'pretrain', 'config.yaml', '--resume');
  assert.is(resumed.code, 0, resumed.stderr);
  assert.equal(model(4), whole);
  const changed = await bertrand(folder, 'pretrain', 'config.yaml', '--resume', '--set', 'data.weights=[1,1]');
  assert.is(changed.code, 1);
  assert.match(changed.stderr, /data\.weights: the run has \[2,1\], the config \[1,1\]/);
});

test('the cache is listed, and cleaned of what is ours alone', async () => {
  writeFileSync(join(folder, 'cache/mine.bin'), 'precious');
  const { code, stdout } = await bertrand(folder, 'cache', 'cache');
  assert.is(code, 0);
  assert.match(stdout, /cache\/tokens-[0-9a-f]{16}\.bin +encoded text .*4 files; --clean removes them/s);
  assert.not.match(stdout, /mine/);
  const elsewhere = await bertrand(folder, 'cache', 'w', '--clean');
  assert.is(elsewhere.code, 1);
  assert.match(elsewhere.stderr, /w: not a cache that Bertrand made/);
  assert.is((await bertrand(folder, 'cache', 'cache', '--clean')).code, 0);
  assert.equal(readdirSync(join(folder, 'cache')), ['CACHEDIR.TAG', 'mine.bin']);
  assert.ok(existsSync(join(folder, 'w/a.jsonl.gz')));
});

test('config explains keys, and helps where there is none', async () => {
  const { stdout } = await bertrand(folder, 'config', 'train.steps');
  assert.match(
    stdout,
    /train\.steps\n +Optimizer steps; none where .*\n +a whole number from 1 to 1000000000, or none; default 1000\n$/,
  );
  const all = (await bertrand(folder, 'config')).stdout;
  for (const key of ['seed', 'data.weights', 'data.tokenizer.vocab', 'model.finalNorm', 'log.every'])
    assert.match(all, new RegExp(`^  ${key}$`, 'm'));
  const { code, stderr } = await bertrand(folder, 'config', 'train.step');
  assert.is(code, 2);
  assert.match(stderr, /train\.step: found the unknown key "step"; .*did you mean train\.steps\?/);
});

test.run();
