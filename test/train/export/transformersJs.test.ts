import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { presetNames } from '../../../src/bert/presets.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { textSegment } from '../../../src/train/config/modelOptions.ts';
import { Embedder } from '../../../src/train/embed/embedder.ts';
import type { Pooling } from '../../../src/train/embed/embedder.ts';
import { fillMask, maskedSequence } from '../../../src/train/evaluate/fillMask.ts';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import type { Trained } from '../../../src/train/evaluate/trained.node.ts';
import { exportRun } from '../../../src/train/export/exportRun.node.ts';
import { roundedTensors } from '../../../src/train/export/onnx/rounded.ts';
import type { HostTensors } from '../../../src/train/modelState.ts';
import { models, transformersJs } from '../../ecosystem/transformersJs.ts';
import { smallRun } from '../smallRun.ts';

interface Answer {
  readonly token_str: string;
  readonly score: number;
}
interface Open {
  (task: 'fill-mask', name: string, options: { dtype: string }): Promise<FillMask>;
  (task: 'feature-extraction', name: string, options: { dtype: string }): Promise<Features>;
}
type FillMask = (texts: readonly string[], options: { top_k: number }) => Promise<Answer[][]>;
type Features = (
  texts: readonly string[],
  options: { pooling: Pooling; normalize: boolean },
) => Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }>;

const pipeline = await transformersJs<Open>();
const folder = models;
const device = openReference();

/** Of 4 to 14 tokens with [CLS] and [SEP], which the library pads to one length. */
const texts = [
  'the [MASK]',
  'the king rules over [MASK] and sea',
  'Old birds sing in [MASK] trees every day with grace',
];
const TOP = 5;

async function exported(name: string, settings: readonly string[]): Promise<Trained> {
  const trained = await openTrained(await smallRun(folder, `run-${name}`, settings));
  await exportRun(trained, join(folder, name), { format: 'onnx', precisions: ['f32', 'f16', 'int8'] });
  return trained;
}

const idsOf = ({ tokenizer }: Trained, text: string): Int32Array =>
  Int32Array.of(tokenizer.classId, ...tokenizer.encode(text), tokenizer.separatorId);

/** What `bertrand fill-mask` says of each text, one at a time. */
function ours(trained: Trained, tensors = trained.tensors): Promise<Answer[][]> {
  return Promise.all(texts.map((text) => guessed(trained, idsOf(trained, text), tensors)));
}

async function guessed(trained: Trained, ids: Int32Array, tensors: HostTensors): Promise<Answer[]> {
  const { tokenizer, config } = trained;
  const input = maskedSequence(ids, tokenizer.maskId, textSegment(config));
  const [guesses] = await fillMask(device, trained.modelOn(device, tensors), input, TOP);
  return guesses.map(({ id, probability }) => ({ token_str: tokenizer.tokenOf(id), score: probability }));
}

function expectSame(found: Answer[][], expected: Answer[][], tolerance: number): void {
  assert.equal(
    found.map((answers) => answers.map(({ token_str }) => token_str)),
    expected.map((answers) => answers.map(({ token_str }) => token_str)),
  );
  for (const [i, answers] of found.entries())
    for (const [j, { score }] of answers.entries()) {
      const difference = Math.abs(score - expected[i][j].score);
      assert.ok(difference < tolerance, `${texts[i]}, answer ${j}: probabilities differ by ${difference}`);
    }
}

for (const preset of presetNames)
  test(`${preset}: transformers.js answers from the folder as fill-mask does, and gives the same embeddings`, async () => {
    const trained = await exported(preset, [`model.preset=${preset}`]);
    const answer = await pipeline('fill-mask', preset, { dtype: 'fp32' });
    expectSame(await answer(texts, { top_k: TOP }), await ours(trained), 1e-6);

    const features = await pipeline('feature-extraction', preset, { dtype: 'fp32' });
    const model = trained.modelOn(device);
    for (const pooling of ['mean', 'cls'] as const)
      for (const normalize of [false, true]) {
        const { data, dims } = await features(texts, { pooling, normalize });
        const embedder = new Embedder(device, model, trained.tokenizer, { pooling, normalize });
        const { values } = await embedder.embed(texts);
        assert.equal(dims, [texts.length, embedder.size]);
        for (const [i, value] of values.entries())
          assert.ok(Math.abs(data[i] - value) < 1e-5, `${pooling}, number ${i}: ${data[i]} and ${value}`);
      }
  });

test('fp16 and q8 answer as our model does with the weights that they leave', async () => {
  const trained = await exported('precisions', ['model.preset=bert', 'seed=7']);
  for (const [dtype, precision, tolerance] of [
    ['q8', 'int8', 1e-6],
    ['fp16', 'f16', 1e-3],
  ] as const) {
    const answer = await pipeline('fill-mask', 'precisions', { dtype });
    const expected = await ours(trained, roundedTensors(trained.tensors, precision));
    expectSame(await answer(texts, { top_k: TOP }), expected, tolerance);
  }
});

test('a text longer than the model takes is cut to what it takes', async () => {
  const trained = await exported('long', ['model.preset=bert', 'seed=3']);
  const text = `[MASK] ${'the king rules over land and sea '.repeat(5)}`;
  const answer = await pipeline('fill-mask', 'long', { dtype: 'fp32' });
  const found = await answer([text], { top_k: TOP }); // a list of lists, even of one
  const cut = idsOf(trained, text).slice(0, trained.config.data.sequenceLength); // [SEP] goes as well
  expectSame(found, [await guessed(trained, cut, trained.tensors)], 1e-6);
});

test.run();
