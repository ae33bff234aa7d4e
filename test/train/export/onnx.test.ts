import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import { Bert } from '../../../src/bert/Bert.ts';
import type { ModelOptions } from '../../../src/bert/options.ts';
import { presetNames, presets } from '../../../src/bert/presets.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { onnxModel } from '../../../src/train/export/onnx/modelGraph.ts';
import type { OnnxModel, OnnxPrecision } from '../../../src/train/export/onnx/modelGraph.ts';
import { roundedTensors } from '../../../src/train/export/onnx/rounded.ts';
import { onnxFiles } from '../../../src/train/export/onnx/onnxFiles.ts';
import { readParameters, writeParameters } from '../../../src/train/modelState.ts';
import type { HostTensors } from '../../../src/train/modelState.ts';
import { ecosystem } from '../../ecosystem/install.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

interface OrtTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}
interface Ort {
  readonly InferenceSession: { create(path: string | Uint8Array): Promise<Session> };
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => unknown;
}
interface Session {
  readonly inputNames: readonly string[];
  run(inputs: Record<string, unknown>): Promise<Record<'logits' | 'last_hidden_state', OrtTensor>>;
}

const node = await ecosystem<Ort>('onnxruntime-node');
const web = await ecosystem<Ort>('onnxruntime-web');
const device = openReference();
const folder = temporaryFolder();
const sizes = {
  layers: 2,
  embeddingSize: 16,
  heads: 2,
  feedForwardSize: 24,
  vocabSize: 30,
  maxLength: 12,
  dropout: 0.1,
};

/** Two texts of five and three tokens, padded to one length. */
const [batch, length] = [2, 5];
const ids = Int32Array.of(1, 5, 6, 7, 8, 2, 9, 10, 0, 0);
const spans = Int32Array.of(0, 5, 0, 5, 0, 5, 0, 5, 0, 5, 0, 3, 0, 3, 0, 3, 0, 0, 0, 0);
const attentionMask = Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
const TOKENS = 8;

async function ours(
  options: ModelOptions,
  tensors: HostTensors,
): Promise<{ logits: Float64Array; hidden: Float64Array }> {
  const model = new Bert(options).to(device);
  writeParameters(model.parameters, tensors);
  const segments = ids.map(() => (options.segments > 2 ? 1 : 0));
  const tape = new Tape(device, { training: false, gradients: false });
  const encoded = model.encode(tape, { ids, segments, spans, batch, length });
  const [hidden, logits] = await Promise.all([encoded.read(), model.decoder.logits(encoded).read()]);
  tape.free();
  return { logits, hidden };
}

async function theirs(ort: Ort, session: Session): Promise<Record<'logits' | 'last_hidden_state', OrtTensor>> {
  const tensor = (values: Int32Array): unknown =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [batch, length]);
  const all = { input_ids: ids, attention_mask: attentionMask, token_type_ids: new Int32Array(ids.length) };
  return session.run(
    Object.fromEntries(session.inputNames.map((name) => [name, tensor(all[name as keyof typeof all])])),
  );
}

/** The greatest difference over the tokens that are not padding. */
function difference(found: OrtTensor, expected: Float64Array): number {
  const columns = found.dims[2];
  assert.equal(found.dims, [batch, length, columns]);
  let most = 0;
  for (let i = 0; i < TOKENS * columns; i++) most = Math.max(most, Math.abs(found.data[i] - expected[i]));
  return most;
}

function exported(options: ModelOptions, tensors: HostTensors, precision: OnnxPrecision, name: string): string {
  const path = join(folder, name);
  written(onnxModel(tensors, options, precision, '0.0.0'), path);
  return path;
}

/** Writes a model's files; tells whether there are two. */
function written(onnx: OnnxModel, path: string, mostInside?: number): boolean {
  const { model, data } = onnxFiles(onnx, basename(path), mostInside);
  writeFileSync(path, Buffer.concat([...model]));
  if (data) writeFileSync(`${path}_data`, Buffer.concat([...data]));
  return data !== undefined;
}

const variants: Record<string, ModelOptions> = {
  ...Object.fromEntries(presetNames.map((name) => [name, { ...presets[name], ...sizes }])),
  'bert, untied, tanh, no segments': { ...presets.bert, ...sizes, decoder: 'untied', gelu: 'tanh', segments: 0 },
  'modern, a narrow window': { ...presets.modern, ...sizes, layers: 3, localWindow: 2, rotaryBase: 50 },
};

for (const [name, wiring] of Object.entries(variants)) {
  const options = { ...wiring, initialisation: { ...wiring.initialisation, embedding: 0.5, linear: 0.3 } };

  test(`${name}: onnxruntime, native and in WebAssembly, gives our logits and hidden states`, async () => {
    const tensors = await readParameters(new Bert(options, 3).to(device).parameters);
    const expected = await ours(options, tensors);
    const path = exported(options, tensors, 'f32', `${name}.onnx`);
    for (const ort of [node, web]) {
      const { logits, last_hidden_state: hidden } = await theirs(ort, await ort.InferenceSession.create(path));
      assert.ok(difference(logits, expected.logits) < 1e-5, `logits differ by ${difference(logits, expected.logits)}`);
      assert.ok(difference(hidden, expected.hidden) < 1e-5, `hidden states: ${difference(hidden, expected.hidden)}`);
    }
  });

  test(`${name}: int8 gives what our model gives with the weights that int8 leaves`, async () => {
    const tensors = await readParameters(new Bert(options, 3).to(device).parameters);
    const expected = await ours(options, roundedTensors(tensors, 'int8'));
    const path = exported(options, tensors, 'int8', `${name}-int8.onnx`);
    const { logits } = await theirs(node, await node.InferenceSession.create(path));
    assert.ok(difference(logits, expected.logits) < 2e-5, `logits differ by ${difference(logits, expected.logits)}`);
    const exact = await ours(options, tensors);
    assert.ok(difference(logits, exact.logits) > 1e-3, 'int8 changed nothing');
  });

  test(`${name}: f16 is within half precision of f32`, async () => {
    const tensors = await readParameters(new Bert(options, 3).to(device).parameters);
    const expected = await ours(options, tensors);
    const path = exported(options, tensors, 'f16', `${name}-f16.onnx`);
    const { logits } = await theirs(node, await node.InferenceSession.create(path));
    const found = difference(logits, expected.logits);
    assert.ok(found < 0.02 && found > 1e-5, `logits differ by ${found}`);
  });
}

test('weights in a file of their own give the same logits', async () => {
  const options = { ...presets.bert, ...sizes, embeddingSize: 64, vocabSize: 200 };
  const tensors = await readParameters(new Bert(options, 3).to(device).parameters);
  const graph = onnxModel(tensors, options, 'f32', '0.0.0');
  const [inside, outside] = ['inside.onnx', 'outside.onnx'].map((name) => join(folder, name));
  assert.is(written(graph, inside), false);
  assert.is(written(graph, outside, 1000), true);
  const [a, b] = [
    await theirs(node, await node.InferenceSession.create(inside)),
    await theirs(node, await node.InferenceSession.create(outside)),
  ];
  assert.equal(a.logits.data, b.logits.data);
});

test.run();
