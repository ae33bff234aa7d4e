import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import { BertClassifier } from '../../../src/bert/BertClassifier.ts';
import { openTokenizer } from '../../../src/data/tokenizer/tokenizerFile.node.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { bertNames, classifierNames, poolerNames } from '../../../src/train/export/huggingFace/bertNames.ts';
import { modernClassifierNames } from '../../../src/train/export/huggingFace/modernBertNames.ts';
import type { JoinedNames } from '../../../src/train/export/huggingFace/modernBertNames.ts';
import { resolveFinetune } from '../../../src/train/finetune/config/finetuneConfig.ts';
import { exportClassifier } from '../../../src/train/finetune/export/exportClassifier.node.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { readSafetensors } from '../../../src/train/run/safetensors/readSafetensors.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import {
  expectClose,
  goldenClassifiers,
  goldenModernClassifiers,
  goldenModernOptions,
  goldenOptions,
  inputOf,
  readExpected,
  readJson,
  unpack,
} from '../goldenFolders.ts';

const device = openReference();
const root = temporaryFolder();
const DROPOUT = 0.2;

interface GoldenConfig {
  readonly id2label: Readonly<Record<string, string>>;
}
const configIn = (path: string): GoldenConfig => readJson(path, 'config.json') as GoldenConfig;
const labelsIn = (path: string): string[] => Object.values(configIn(path).id2label);

type Name = 'sequence' | 'token';

/** Our names of a BERT folder's parameters beside PyTorch's. */
function bertNamesOf(name: Name): JoinedNames[] {
  const encoder = bertNames(goldenOptions[name]).filter(([ours]) => ours.startsWith('encoder.'));
  const all = [...encoder, ...(name === 'sequence' ? poolerNames : []), ...classifierNames];
  return all.map(([ours, theirs]) => [[ours], theirs]);
}

const cases = [
  ...goldenClassifiers.map(({ name, path }) => ({
    name,
    path,
    task: name as Name,
    preset: 'bert',
    options: goldenOptions[name],
    names: bertNamesOf(name as Name),
  })),
  ...goldenModernClassifiers.map(({ name, path }) => ({
    name: `modern ${name}`,
    path,
    task: name as Name,
    preset: 'modern',
    options: goldenModernOptions[name],
    names: modernClassifierNames(goldenModernOptions[name]),
  })),
];

/** The classifier of the folder's weights. */
function classifierOf({ path, task, preset, options, names }: (typeof cases)[number]): BertClassifier {
  const head = { task, labels: labelsIn(path).length, dropout: DROPOUT, transform: preset === 'modern' };
  const model = new BertClassifier(options, head).to(device);
  const { tensors } = readSafetensors(readFileSync(join(path, 'model.safetensors')), path);
  assert.is(names.flatMap(([ours]) => ours).length, model.parameters.all.length);
  for (const [ours, theirs] of names) {
    const values = tensors.get(theirs)?.data as Float32Array;
    const size = values.length / ours.length;
    for (const [i, one] of ours.entries()) model.parameters.get(one).write(values.slice(i * size, (i + 1) * size));
  }
  return model;
}

for (const golden of cases) {
  const { name, path, task, preset, options, names } = golden;
  test(`${name}: logits, loss and gradients are those that PyTorch gives with this folder's weights`, async () => {
    const expected = readExpected(path);
    const model = classifierOf(golden);
    const tape = new Tape(device, { training: false, gradients: false });
    const logits = model.logits(tape, inputOf(expected)).read(); // (positions, labels)
    tape.free();
    const [found, all] = [await logits, unpack(expected.logits)];
    const columns = labelsIn(path).length;
    const rows = task === 'sequence' ? expected.positions.map((_, i) => i) : expected.positions;
    const real = rows.flatMap((row) => [...all.subarray(row * columns, (row + 1) * columns)]);
    expectClose(found, Float64Array.from(real), 'logits');

    const training = new Tape(device, { training: false, gradients: true });
    const loss = model.loss(training, inputOf(expected));
    const value = loss.read();
    training.backward(loss);
    expectClose(await value, Float64Array.of(expected.loss), 'loss');
    assert.equal(names.map(([, theirs]) => theirs).toSorted(), Object.keys(expected.gradients));
    for (const [ours, theirs] of names) {
      const parts = await Promise.all(ours.map((one) => model.parameters.get(one).readGradient()));
      expectClose(Float64Array.from(parts.flatMap((part) => [...part])), unpack(expected.gradients[theirs]), theirs);
    }
  });

  test(`${name}: what we export is, byte for byte, the folder that PyTorch loaded`, async () => {
    const model = classifierOf(golden);
    const { vocabSize: _, maxLength, ...wiring } = options;
    const text = { task, data: { sequenceLength: maxLength }, model: { ...wiring, preset, maxLength } };
    const out = join(root, name);
    const config = resolveFinetune(
      JSON.stringify({ ...text, model: { ...text.model, from: out, classifierDropout: DROPOUT } }),
      'golden',
      [],
      [],
      () => ({ fixed: { model: {}, data: {} }, maxLength, defaults: {} }),
    );
    await exportClassifier(
      {
        path,
        step: 1,
        config,
        tokenizer: openTokenizer({ vocab: join(path, 'vocab.txt'), lowercase: true, stripAccents: 'auto' }),
        labels: labelsIn(path),
        evaluation: undefined,
        notices: [],
        tensors: await readParameters(model.parameters),
        corpus: undefined,
        folder: path,
        moved: false,
        modelOn: () => model,
      },
      out,
      { format: 'hf', precisions: [] },
    );
    assert.equal(readFileSync(join(out, 'model.safetensors')), readFileSync(join(path, 'model.safetensors')));
    const ours = readJson(out, 'config.json') as Record<string, unknown>;
    const theirs = configIn(path);
    assert.equal(Object.fromEntries(Object.keys(theirs).map((key) => [key, ours[key]])), theirs);
  });
}

test.run();
