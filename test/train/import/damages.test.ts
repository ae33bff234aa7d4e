import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { begun } from './begun.ts';
import { f32, fileOf, goldenConfig, goldenTensors, tensorFolder } from './folders.ts';
import type { RawTensor } from './folders.ts';

const root = temporaryFolder();
const configWith = (change: object): string => JSON.stringify({ ...goldenConfig(), ...change });
const withTensor = (name: string, tensor?: RawTensor): Buffer => {
  const tensors = goldenTensors();
  if (tensor) tensors.set(name, tensor);
  else tensors.delete(name);
  return fileOf(tensors);
};
type Damage = readonly [what: string, files: Record<string, string | Uint8Array | undefined>, pattern: RegExp];
const damages: readonly Damage[] = [
  ['no weights', { 'model.safetensors': undefined }, /there are no weights; expected model\.safetensors/],
  [
    'a pickle',
    { 'model.safetensors': undefined, 'pytorch_model.bin': 'x' },
    /pytorch_model\.bin: a pickle, which can run code.*save_pretrained/,
  ],
  ['half a file', { 'model.safetensors': fileOf(goldenTensors()).subarray(0, 6000) }, /not an intact safetensors file/],
  ['an empty file', { 'model.safetensors': '' }, /not an intact safetensors file: it has 0 bytes/],
  [
    'a tensor missing',
    { 'model.safetensors': withTensor('bert.encoder.layer.1.output.dense.weight') },
    /there is no tensor for encoder\.TF\.1\.FFN\.LL2\.weight/,
  ],
  [
    'a tensor of another shape',
    { 'model.safetensors': withTensor('bert.encoder.layer.0.output.dense.bias', f32([7], new Float32Array(7))) },
    /bert\.encoder\.layer\.0\.output\.dense\.bias has the shape \(7\); expected \(8\)/,
  ],
  ...(['I32', 'I64'] as const).map((dtype): Damage => {
    const bytes = new Uint8Array(17 * (dtype === 'I32' ? 4 : 8));
    const file = withTensor('cls.predictions.bias', { dtype, shape: [17], bytes });
    const pattern = new RegExp(`cls\\.predictions\\.bias is ${dtype}; expected F32, F16 or BF16`);
    return [`${dtype} for weights`, { 'model.safetensors': file }, pattern];
  }),
  [
    'values that are not numbers',
    { 'model.safetensors': withTensor('cls.predictions.bias', f32([17], new Float32Array(17).fill(Number.NaN))) },
    /cls\.predictions\.bias holds values that are not numbers/,
  ],
  [
    'two names for the same weights',
    { 'model.safetensors': withTensor('bert.embeddings.LayerNorm.gamma', f32([8], new Float32Array(8))) },
    /two names for the same weights/,
  ],
  ['no JSON', { 'config.json': '{' }, /config\.json: .*JSON/],
  [
    'another kind of model',
    { 'config.json': configWith({ model_type: 'roberta' }) },
    /model_type is "roberta"; only "bert"/,
  ],
  ['another activation', { 'config.json': configWith({ hidden_act: 'relu' }) }, /hidden_act is "relu": .*gelu/],
  [
    'relative positions',
    { 'config.json': configWith({ position_embedding_type: 'relative_key' }) },
    /position_embedding_type/,
  ],
  ['three segments', { 'config.json': configWith({ type_vocab_size: 3 }) }, /type_vocab_size is 3/],
  [
    'heads that do not divide',
    { 'config.json': configWith({ num_attention_heads: 3 }) },
    /hidden_size 8 is no multiple/,
  ],
  [
    'sizes that the tensors have not',
    { 'config.json': configWith({ hidden_size: 16 }) },
    /word_embeddings\.weight has the shape/,
  ],
  [
    'more blocks than there are',
    { 'config.json': configWith({ num_hidden_layers: 3 }) },
    /no tensor for encoder\.TF\.2/,
  ],
  ['no tokenizer', { 'tokenizer.json': undefined }, /there is no tokenizer; expected tokenizer\.json or vocab\.txt/],
  ['a tokenizer that is none', { 'tokenizer.json': '[]' }, /tokenizer\.json: the top level is not an object/],
  [
    'fewer rows than tokens',
    { 'config.json': configWith({ vocab_size: 12 }) },
    /tokenizer has 17 tokens, .* vocab_size of 12/,
  ],
  ['no config.json', { 'config.json': undefined }, /found a folder with neither config\.yaml nor config\.json/],
];
for (const [what, files, pattern] of damages)
  test(`${what}: one clear error`, async () => {
    const from = join(root, 'damaged');
    rmSync(from, { recursive: true, force: true });
    cpSync(tensorFolder(join(root, 'sound'), goldenTensors()), from, { recursive: true });
    for (const [name, content] of Object.entries(files))
      if (content === undefined) rmSync(join(from, name));
      else writeFileSync(join(from, name), content);
    const message = await messageOf(() => begun(from));
    assert.match(message, pattern);
    assert.match(message, from);
    assert.not.match(message, '\n');
  });

test('pipes in place of its files are refused, not waited for', async () => {
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) {
    const from = tensorFolder(join(root, `pipe ${name}`), goldenTensors());
    rmSync(join(from, name));
    spawnSync('mkfifo', [join(from, name)]);
    assert.match(await messageOf(() => begun(from)), /it is a device or a pipe; expected a file$/);
  }
});

test.run();
