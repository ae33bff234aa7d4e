import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import { exportRun } from '../../../src/train/export/exportRun.node.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { readSafetensors } from '../../../src/train/run/safetensors/readSafetensors.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { begun } from '../import/begun.ts';
import { smallRun } from '../smallRun.ts';

const root = temporaryFolder();
const settings = ['model={ preset: modern, localWindow: 4, rotaryBase: 500 }'];
const trained = await openTrained(await smallRun(root, 'run', settings));
const exported = async (name: string, of = trained): Promise<string> => {
  await exportRun(of, join(root, name), { format: 'hf', precisions: [] });
  return join(root, name);
};
const folder = await exported('hf');
const file = join(folder, 'config.json');
const written = readFileSync(file, 'utf8');
const json = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;

test("weights have ModernBertForMaskedLM's names and shapes, and LLQ, LLK and LLV lie in Wqkv one after another", () => {
  const { tensors } = readSafetensors(readFileSync(join(folder, 'model.safetensors')), folder);
  const layer = (i: number): Record<string, number[]> => ({
    ...(i > 0 && { [`model.layers.${i}.attn_norm.weight`]: [16] }),
    [`model.layers.${i}.attn.Wqkv.weight`]: [48, 16],
    [`model.layers.${i}.attn.Wo.weight`]: [16, 16],
    [`model.layers.${i}.mlp_norm.weight`]: [16],
    [`model.layers.${i}.mlp.Wi.weight`]: [48, 16],
    [`model.layers.${i}.mlp.Wo.weight`]: [16, 24],
  });
  assert.equal(Object.fromEntries(Array.from(tensors, ([name, { shape }]) => [name, [...shape]])), {
    'model.embeddings.tok_embeddings.weight': [27, 16],
    'model.embeddings.norm.weight': [16],
    ...layer(0),
    ...layer(1),
    'model.final_norm.weight': [16],
    'head.dense.weight': [16, 16],
    'head.norm.weight': [16],
    'decoder.bias': [27],
  });
  const parts = ['LLQ', 'LLK', 'LLV'].map((name) => trained.tensors.get(`encoder.TF.1.Attention.${name}.weight`)?.data);
  assert.equal(
    [...(tensors.get('model.layers.1.attn.Wqkv.weight')?.data ?? [])],
    parts.flatMap((data) => [...(data ?? [])]),
  );
});

test('config.json says what ModernBertConfig must know, and the tokenizer gives no segments', () => {
  const config = json('config.json');
  const expected = {
    architectures: ['ModernBertForMaskedLM'],
    model_type: 'modernbert',
    vocab_size: 27,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 24,
    hidden_activation: 'gelu',
    classifier_activation: 'gelu',
    max_position_embeddings: 16,
    norm_eps: 1e-5,
    norm_bias: false,
    attention_bias: false,
    mlp_bias: false,
    classifier_bias: false,
    global_rope_theta: 500,
    local_rope_theta: 10000,
    global_attn_every_n_layers: 3,
    local_attention: 4,
    decoder_bias: true,
    tie_word_embeddings: true,
    pad_token_id: 0,
    cls_token_id: 2,
    sep_token_id: 3,
  };
  assert.equal(Object.fromEntries(Object.keys(expected).map((key) => [key, config[key]])), expected);
  assert.equal(json('tokenizer_config.json').model_input_names, ['input_ids', 'attention_mask']);
});

test('a model that begins with the folder is the one that was exported, also of an untied one with biases', async () => {
  const biased = 'model={ preset: modern, biases: true, normBiases: true, transformBias: true, decoder: untied }';
  const other = await openTrained(await smallRun(root, 'biased', [biased]));
  for (const [from, { tensors, config }] of [
    [folder, trained],
    [await exported('hf-biased', other), other],
  ] as const) {
    const { model, notices } = await begun(from, 'data.sequenceLength=16');
    assert.equal(await readParameters(model.parameters), tensors);
    assert.equal(notices, []);
    const { positions, localWindow, rotaryBase, biases, decoder } = config.model;
    const found = model.options;
    assert.equal(
      [found.positions, found.localWindow, found.rotaryBase, found.biases, found.decoder],
      [positions, localWindow, rotaryBase, biases, decoder],
    );
  }
});

async function opened(changes: Record<string, unknown>): Promise<Awaited<ReturnType<typeof begun>>> {
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(written) as object), ...changes }));
  try {
    return await begun(folder, 'data.sequenceLength=16');
  } finally {
    writeFileSync(file, written);
  }
}

test('layer_types and rope_parameters of newer folders mean the same', async () => {
  const { model } = await opened({
    layer_types: ['full_attention', 'sliding_attention'],
    global_attn_every_n_layers: undefined,
    rope_parameters: {
      full_attention: { rope_type: 'default', rope_theta: 900 },
      sliding_attention: { rope_type: 'default', rope_theta: 30 },
    },
  });
  const { rotaryBase, localRotaryBase, globalEvery, localWindow } = model.options;
  assert.equal([rotaryBase, localRotaryBase, globalEvery, localWindow], [900, 30, 2, 4]);
  assert.is((await opened({ local_rope_theta: null })).model.options.localRotaryBase, 500);
  assert.is((await opened({ global_attn_every_n_layers: 1 })).model.options.localWindow, 0);
});

for (const [what, changes, pattern] of [
  ['other biases', { mlp_bias: true }, /attention_bias is false and mlp_bias true; expected the same/],
  ['other layers', { layer_types: ['sliding_attention', 'full_attention'] }, /layer_types is sliding_attention, full/],
  [
    'scaled positions',
    { rope_parameters: { full_attention: { rope_type: 'yarn' } } },
    /rope_parameters\.full_attention\.rope_type is "yarn"/,
  ],
  ['odd heads', { num_attention_heads: 16 }, /are 1 wide; expected an even number/],
] as const)
  test(`${what} get one clear error`, async () => {
    const message = await messageOf(() => opened(changes));
    assert.match(message, pattern);
    assert.match(message, 'config.json');
  });

test('a model of preset modern that the class cannot express is refused', async () => {
  const other = await openTrained(await smallRun(root, 'other', ['model={ preset: modern, positions: learned }']));
  const message = await messageOf(() => exported('refused', other));
  assert.match(
    message,
    /ModernBertForMaskedLM cannot express this model:\n {2}model\.positions is learned, not rotary/,
  );
});

test.run();
