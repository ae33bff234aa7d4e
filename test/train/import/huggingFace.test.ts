import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import type { Bert } from '../../../src/bert/Bert.ts';
import type { ModelOptions } from '../../../src/bert/options.ts';

import { modelOptions } from '../../../src/train/config/modelOptions.ts';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import { exportRun } from '../../../src/train/export/exportRun.node.ts';
import { loadPretrainConfig } from '../../../src/train/import/modelSource.node.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { goldenFolders, inputOf, readExpected, unpack } from '../goldenFolders.ts';
import { smallRun } from '../smallRun.ts';
import { begun, device } from './begun.ts';
import { bertFolder, f32, fileOf, goldenConfig, goldenTensors, tensorFolder, toDtype } from './folders.ts';
import type { RawTensor, RawTensors } from './folders.ts';

const root = temporaryFolder();
const golden = goldenFolders.find(({ name }) => name === 'tied')?.path as string;
const expected = readExpected(golden);

/** The greatest difference to PyTorch's logits, over what is no padding. */
async function difference(model: Bert, { batch, positions, labels, logits }: typeof expected): Promise<number> {
  const tape = new Tape(device, { training: false, gradients: false });
  const reading = model.decoder
    .logits(model.encode(tape, inputOf({ batch, positions, labels } as typeof expected)))
    .read();
  tape.free();
  const real = unpack(logits);
  const mask = batch.attention_mask.flat();
  const columns = model.options.vocabSize;
  return (await reading).reduce(
    (most, value, i) => (mask[Math.floor(i / columns)] === 1 ? Math.max(most, Math.abs(value - real[i])) : most),
    0,
  );
}

const folderOf = (name: string, tensors: RawTensors): string => tensorFolder(join(root, name), tensors);
const renamed = (rename: (name: string) => string): Map<string, RawTensor> =>
  new Map(Array.from(goldenTensors(), ([name, tensor]) => [rename(name), tensor]));
for (const { name, path } of goldenFolders)
  test(`${name}: a model that begins with the folder gives PyTorch's logits`, async () => {
    const from = join(root, name);
    cpSync(path, from, { recursive: true }); // with a vocab.txt
    const { model, notices } = await begun(from);
    assert.ok((await difference(model, readExpected(path))) < 1e-10);
    assert.equal(notices, name === 'tied' ? [] : [`${from}: left over: cls.predictions.decoder.bias`]);
  });

test('a vocab.txt is taken with the casing of tokenizer_config.json', () => {
  const from = join(root, 'cased');
  cpSync(golden, from, { recursive: true });
  const tokenizerOf = (): unknown => {
    const config = join(root, 'cased.yaml');
    writeFileSync(config, `model: { from: ${from} }`);
    return loadPretrainConfig(config).data.tokenizer;
  };
  const vocab = join(from, 'vocab.txt');
  assert.equal(tokenizerOf(), { vocab, lowercase: true, stripAccents: 'auto' });
  writeFileSync(join(from, 'tokenizer_config.json'), '{ "do_lower_case": false, "strip_accents": true }');
  assert.equal(tokenizerOf(), { vocab, lowercase: false, stripAccents: true });
});

const old = (name: string): string =>
  name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta');
test('gamma and beta of older folders are LayerNorm.weight and bias', async () => {
  const { model, notices } = await begun(folderOf('gamma', renamed(old)));
  assert.ok((await difference(model, expected)) < 1e-10);
  assert.equal(notices, []);
});

test('pooler, next-sentence head, position_ids and copies of tied weights are told and change nothing', async () => {
  const tensors = goldenTensors();
  tensors.set('bert.pooler.dense.weight', f32([8, 8], new Float32Array(64)));
  tensors.set('cls.seq_relationship.bias', f32([2], new Float32Array(2)));
  tensors.set('cls.predictions.decoder.weight', f32([17, 8], new Float32Array(136)));
  const ids = new BigInt64Array(10);
  tensors.set('bert.embeddings.position_ids', { dtype: 'I64', shape: [1, 10], bytes: new Uint8Array(ids.buffer) });
  const from = folderOf('heads', tensors);
  const { model, notices } = await begun(from);
  assert.ok((await difference(model, expected)) < 1e-10);
  assert.equal(notices, [
    `${from}: left over: bert.embeddings.position_ids, bert.pooler.dense.weight, cls.predictions.decoder.weight, cls.seq_relationship.bias`,
  ]);
});

test('a BertModel without bert. and without heads gives its encoder; the decoder begins at random and is told', async () => {
  const tensors = renamed((name) => name.replace(/^bert\./, ''));
  for (const name of tensors.keys()) if (name.startsWith('cls.')) tensors.delete(name);
  const from = folderOf('headless', tensors);
  const { model, notices } = await begun(from);
  const whole = (await begun(folderOf('whole', goldenTensors()))).model;
  const [found, all] = [await readParameters(model.parameters), await readParameters(whole.parameters)];
  for (const [name, { data }] of found) if (name.startsWith('encoder.')) assert.equal(data, all.get(name)?.data, name);
  const missing = [...found.keys()].filter((name) => name.startsWith('decoder.'));
  assert.equal(notices, [`${from}: not there, so they begin at random: ${missing.join(', ')}`]);
  assert.is(missing.length, 5);
});

test('shards with an index give the same as one file', async () => {
  const all = [...goldenTensors()];
  const parts = [new Map(all.slice(0, 10)), new Map(all.slice(10))];
  const files = parts.map((_, i) => `model-0000${i + 1}-of-00002.safetensors`);
  const map = Object.fromEntries(parts.flatMap((part, i) => Array.from(part.keys(), (name) => [name, files[i]])));
  const from = bertFolder(join(root, 'shards'), {
    'model.safetensors.index.json': JSON.stringify({ metadata: { total_size: 1 }, weight_map: map }),
    ...Object.fromEntries(parts.map((part, i) => [files[i], fileOf(part)])),
  });
  assert.ok((await difference((await begun(from)).model, expected)) < 1e-10);

  rmSync(join(from, files[1]));
  assert.match(
    await messageOf(() => begun(from)),
    /index\.json: it names model-00002-of-00002\.safetensors, which is not there/,
  );
  writeFileSync(join(from, files[1]), fileOf(new Map([...parts[1]].slice(1))));
  assert.match(await messageOf(() => begun(from)), /index\.json: it says that \S+ is in model-00002\S*, and it is not/);
  const outside = { weight_map: { x: '../model.safetensors' } };
  writeFileSync(join(from, 'model.safetensors.index.json'), JSON.stringify(outside));
  assert.match(await messageOf(() => begun(from)), /found no weight_map of tensors' names to files beside it/);
});

for (const [dtype, relative] of [
  ['F16', 2 ** -11],
  ['BF16', 2 ** -7],
] as const)
  test(`${dtype} is read as the numbers that it stands for`, async () => {
    const tensors = new Map(Array.from(goldenTensors(), ([name, tensor]) => [name, toDtype(tensor, dtype)]));
    const found = await readParameters((await begun(folderOf(dtype, tensors))).model.parameters);
    const exact = await readParameters((await begun(folderOf(`exact-${dtype}`, goldenTensors()))).model.parameters);
    let different = 0;
    for (const [name, { data }] of exact)
      for (const [i, value] of data.entries()) {
        const near = found.get(name)?.data[i] ?? Number.NaN;
        if (near !== value) different++;
        assert.ok(Math.abs(near - value) <= relative * Math.abs(value) + 1e-7, `${name}[${i}]: ${near}, ${value}`);
      }
    assert.ok(different > 100, 'nothing was rounded');
  });

test('what a run exports to Hugging Face comes back, bit for bit', async () => {
  const trained = await openTrained(await smallRun(root, 'small', ['model.preset=bert', 'model.decoder=untied']));
  const from = join(root, 'exported');
  await exportRun(trained, from, { format: 'hf', precisions: [] });
  const { model } = await begun(from);
  assert.equal(await readParameters(model.parameters), trained.tensors);
  const wiring = (options: ModelOptions): object => ({ ...options, initialisation: 0, from: 0 });
  assert.equal(wiring(model.options), wiring(modelOptions(trained.config, trained.tokenizer.vocabSize)));
});

test('rows of tokens that the tokenizer does not have are left out, and told', async () => {
  const tensors = goldenTensors();
  const spare = (name: string, columns: number): void => {
    const { shape, bytes } = tensors.get(name) as RawTensor;
    const values = new Float32Array(20 * columns).fill(9);
    values.set(new Float32Array(Uint8Array.from(bytes).buffer));
    tensors.set(name, f32([20, ...shape.slice(1)], values));
  };
  spare('bert.embeddings.word_embeddings.weight', 8);
  spare('cls.predictions.bias', 1);
  const from = folderOf('spare', tensors);
  writeFileSync(join(from, 'config.json'), JSON.stringify({ ...goldenConfig(), vocab_size: 20 }));
  const { model, notices } = await begun(from);
  assert.ok((await difference(model, expected)) < 1e-10);
  assert.equal(notices, [`${from}: left over: 3 rows beyond the tokenizer's 17 tokens`]);
});

test('longer sequences than there are positions are refused, or extended when asked', async () => {
  const from = folderOf('long', goldenTensors());
  assert.match(
    await messageOf(() => begun(from, 'data.sequenceLength=16')),
    /data\.sequenceLength: found 16; expected at most the model's positions, model\.maxLength, which is 10; lower it, or write model\.maxLength as 16/,
  );
  assert.match(
    await messageOf(() => begun(from, 'model.maxLength=9')),
    /model\.maxLength: found 9; expected at least 10, as in model\.from/,
  );
  const { model, notices } = await begun(from, 'data.sequenceLength=16', 'model.maxLength=24');
  const table = await model.parameters.get('encoder.Embedding.position').read(); // (24, 8)
  assert.equal(table.slice(80, 160), table.slice(0, 80));
  assert.equal(table.slice(160), table.slice(0, 32));
  assert.equal(notices, [`${from}: its 10 positions are repeated to give 24`]);
  assert.ok((await difference(model, expected)) < 1e-10);
});

test('fewer positions than the shortest sequence has, or an epsilon that no config may have, are reported like a mistake', async () => {
  const messageFor = async (changed: object): Promise<string> => {
    const from = folderOf('unfit', goldenTensors());
    writeFileSync(join(from, 'config.json'), JSON.stringify({ ...goldenConfig(), ...changed }));
    return messageOf(() => begun(from, 'data.sequenceLength=8'));
  };
  const few = await messageFor({ max_position_embeddings: 5 });
  assert.match(few, /data\.sequenceLength: found 8; expected at most the model's positions, .* which is 5/);
  assert.match(await messageFor({ layer_norm_eps: 1e-300 }), /model\.normEpsilon: found 1e-300; expected/);
});

test('a config may repeat what the folder says, and change dropout; for the rest both are named', async () => {
  const from = folderOf('keys', goldenTensors());
  const same = ['model.layers=2', 'model.preset=bert', 'model.dropout=0.2', 'model.dropoutAt=[Dropout1]'];
  const { model } = await begun(from, ...same);
  assert.equal([model.options.dropout, model.options.dropoutAt], [0.2, ['Dropout1']]);
  const message = await messageOf(() =>
    begun(from, 'model.layers=3', 'model.norm=pre', 'data.tokenizer={vocabSize: 60}'),
  );
  assert.equal(message.split('\n').length, 3);
  assert.match(
    message,
    `--set model.layers=3: model.layers: found 3; expected 2, as in model.from, ${from}; remove it`,
  );
  assert.match(message, `model.norm: found the text "pre"; expected post, as in model.from, ${from}`);
  assert.match(message, `data.tokenizer: found keys with values; expected ${join(from, 'tokenizer.json')}, as in`);
});

test.run();
