import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openReference } from '../../src/kernels/reference/index.ts';
import { evaluate } from '../../src/train/evaluate/evaluation.ts';
import { evaluationData } from '../../src/train/evaluate/evaluationData.node.ts';
import { openTrained } from '../../src/train/evaluate/trained.node.ts';
import { roundedTensors } from '../../src/train/export/onnx/rounded.ts';
import type { HostTensors } from '../../src/train/modelState.ts';
import { bertrand, clear, workFolder } from './commandLine.ts';

const folder = workFolder();
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
let int8Cost = Number.NaN;

test('before: runs to export', async () => {
  for (const preset of ['bert', 'crammed']) {
    const settings = ['--set', `model.preset=${preset}`, '--out', preset];
    const { code, stderr } = await bertrand(folder, 'pretrain', 'config.yaml', ...settings);
    assert.is(code, 0, stderr);
  }
});

test('--format hf writes the folder of BertForMaskedLM and says how large its files are', async () => {
  const { code, stdout, stderr } = await bertrand(folder, 'export', 'bert', '--format', 'hf', '--out', 'hf');
  assert.is(code, 0, stderr);
  const names = [
    'README.md',
    'config.json',
    'model.safetensors',
    'special_tokens_map.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'vocab.txt',
  ];
  assert.equal(readdirSync(join(folder, 'hf')), names);
  for (const name of names) {
    const size = (readFileSync(join(folder, 'hf', name)).length / 1024).toFixed(1);
    assert.match(stdout, `  ${name}  ${size} KiB`);
  }
  assert.is(read('hf/vocab.txt').split('\n').indexOf('[MASK]'), 4);
});

test('the card tells data, steps and losses as they were', () => {
  const card = read('hf/README.md');
  const last = read('bert/metrics.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; step: number; loss: number; accuracy: number })
    .findLast(({ event }) => event === 'validate');
  assert.ok(last);
  assert.match(card, /^---\nlibrary_name: transformers\n/);
  assert.match(card, '| corpus | `corpus.txt` |');
  assert.match(card, '| steps | 60 |');
  assert.match(card, `after step 60: a loss of ${last.loss.toFixed(4)} nats`);
  assert.match(card, `${(100 * last.accuracy).toFixed(1).replace('.0', '')} % of the masked tokens`);
});

test('a checkpoint between two validations is told by the one before it', async () => {
  const { code, stderr } = await bertrand(
    folder,
    'export',
    'bert/checkpoints/step-00000030',
    '--format',
    'hf',
    '--out',
    'between',
  );
  assert.is(code, 0, stderr);
  assert.match(read('between/README.md'), /\| steps \| 30 of 60 \|[^]*after step 20:/);
});

test('--format onnx takes every preset, and measures what precisions cost', async () => {
  const { code, stdout, stderr } = await bertrand(
    folder,
    'export',
    'crammed',
    '--format',
    'onnx',
    '--out',
    'onnx',
    '--precision',
    'f16',
    '--quantize',
    'int8',
  );
  assert.is(code, 0, stderr);
  assert.equal(readdirSync(join(folder, 'onnx/onnx')), ['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx']);
  const cost = /int8 changes the loss on the validation text by ([+-]\d\.\d{4}) nats/.exec(stdout)?.[1];
  int8Cost = Number(cost);
  assert.match(stdout, /f16 changes the loss on the validation text by [+-]0\.00\d\d nats/);
  assert.match(
    read('onnx/README.md'),
    `\`onnx/model_quantized.onnx\`: changes the loss on the validation text by ${cost}`,
  );
});

test('the cost of a precision is what evaluating the weights that it leaves adds', async () => {
  const trained = await openTrained(join(folder, 'crammed'));
  const data = await evaluationData(trained, () => {});
  const device = openReference();
  const lossWith = async (tensors: HostTensors): Promise<number> =>
    (await evaluate(device, trained.modelOn(device, tensors), data.batches(), data.baseline)).loss;
  const cost = (await lossWith(roundedTensors(trained.tensors, 'int8'))) - (await lossWith(trained.tensors));
  await data.close();
  assert.ok(Math.abs(cost - int8Cost) < 1e-4, `${int8Cost} was said, ${cost} is measured`);
});

for (const [what, args, code, pattern] of [
  [
    'a model that BertForMaskedLM cannot express',
    ['crammed', '--format', 'hf', '--out', 'refused'],
    1,
    /^crammed\S*step-00000060 \(preset crammed\): .*BertForMaskedLM[^]*model\.norm is pre, not post[^]*--format onnx/,
  ],
  [
    'a folder that is there',
    ['bert', '--format', 'hf', '--out', 'hf'],
    1,
    /^hf: found a folder; expected nothing yet; choose another --out/,
  ],
  ['a file in place of a folder', ['bert', '--format', 'hf', '--out', 'corpus.txt'], 1, /^corpus\.txt: found a file/],
  ['a folder inside a file', ['bert', '--format', 'hf', '--out', 'corpus.txt/x'], 1, /^corpus\.txt\/x: .*ENOTDIR/],
  ['no folder', ['bert', '--format', 'hf', '--out', ''], 2, /^--out: found nothing/],
  [
    'a precision under hf',
    ['bert', '--format', 'hf', '--out', 'x', '--quantize', 'int8'],
    2,
    /--quantize.*--format onnx/,
  ],
  ['a format that is not there', ['bert', '--format', 'gguf', '--out', 'x'], 2, /^--format: found "gguf"; expected/],
] as const)
  test(`${what} gets one clear error, and nothing is written`, async () => {
    const before = readdirSync(folder);
    const found = await bertrand(folder, 'export', ...args);
    assert.is(found.code, code, found.stderr);
    assert.match(found.stderr, pattern);
    clear(found.stderr);
    assert.equal(readdirSync(folder), before);
  });

test('without the validation text a quantised model is exported all the same, its cost unknown', async () => {
  rmSync(join(folder, 'corpus.txt'));
  rmSync(join(folder, 'crammed/validation.safetensors'));
  const { code, stderr } = await bertrand(
    folder,
    'export',
    'crammed',
    '--format',
    'onnx',
    '--out',
    'unknown',
    '--quantize',
    'int8',
  );
  assert.is(code, 0, stderr);
  assert.match(stderr, /^what a precision costs is not known without .*corpus\.txt/);
  assert.match(read('unknown/README.md'), '- `onnx/model_quantized.onnx`\n');
});

test('a model whose optimizer is gone can be used, evaluated and exported', async () => {
  writeFileSync(join(folder, 'bert/checkpoints/step-00000060/optimizer.safetensors'), 'gone');
  const { code, stderr } = await bertrand(folder, 'export', 'bert', '--format', 'hf', '--out', 'again');
  assert.is(code, 0, stderr);
  assert.equal(
    readFileSync(join(folder, 'again/model.safetensors')),
    readFileSync(join(folder, 'hf/model.safetensors')),
  );
  mkdirSync(join(folder, 'nothing'));
  const nothing = await bertrand(folder, 'export', 'nothing', '--format', 'hf', '--out', 'x');
  assert.match(nothing.stderr, /found a folder that is neither; expected a run's folder/);
});

test.run();
