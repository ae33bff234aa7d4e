import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { likeliest } from '../../../src/train/finetune/classify.ts';
import { openClassifier } from '../../../src/train/finetune/classifier.node.ts';
import type { TrainedClassifier } from '../../../src/train/finetune/classifier.node.ts';
import { exportClassifier } from '../../../src/train/finetune/exportClassifier.node.ts';
import { predict } from '../../../src/train/finetune/predict.ts';
import { readSafetensors } from '../../../src/train/run/safetensors/readSafetensors.ts';
import { models, transformersJs } from '../../ecosystem/transformersJs.ts';
import { messageOf } from '../../messageOf.ts';
import { rows, run, smallFinetune } from '../finetune/smallClassifier.ts';
import type { Kind } from '../finetune/smallClassifier.ts';

interface Answer {
  readonly label: string;
  readonly score: number;
}
interface TokenAnswer {
  readonly entity: string;
  readonly score: number;
  readonly index: number;
}
type Open = (task: string, name: string, options: { dtype: string }) => Promise<Pipeline>;
interface Pipeline {
  (texts: string | readonly string[], options: object): Promise<never>;
  readonly tokenizer: (texts: readonly string[], options: object) => object;
  readonly model: (inputs: object) => Promise<{ logits: { tolist(): number[][] } }>;
}

const pipeline = await transformersJs<Open>();
const folder = models;
const device = openReference();

async function exported(name: string, kind: Kind, preset: string): Promise<TrainedClassifier> {
  const config = await smallFinetune(join(folder, `of-${name}`), kind, ['train.epochs=1'], [`model.preset=${preset}`]);
  await run(config);
  const classifier = await openClassifier(config.out);
  await exportClassifier(classifier, join(folder, name), 'onnx', ['f32']);
  return classifier;
}

/** What `bertrand predict` says of each: the probabilities of all labels at each position. */
async function ours(classifier: TrainedClassifier, examples: readonly { texts: readonly string[] }[]) {
  const { tokenizer, config } = classifier;
  const model = classifier.modelOn(device);
  for await (const all of predict(device, model, tokenizer, config, examples)) return all;
  throw new Error('nothing was predicted');
}

const near = (found: number, expected: number, what: string): void =>
  assert.ok(Math.abs(found - expected) < 1e-5, `${what}: ${found}, ours ${expected}`);

for (const preset of ['bert', 'modern', 'codertimo'])
  test(`${preset}: text-classification of transformers.js gives predict's labels and probabilities`, async () => {
    const name = `texts-${preset}`;
    const classifier = await exported(name, 'texts', preset);
    const texts = Array.from({ length: 9 }, (_, i) => rows.texts(90 + i).text); // of several lengths, padded together
    const found = (await (
      await pipeline('text-classification', name, { dtype: 'fp32' })
    )(texts, {
      top_k: null,
    })) as Answer[][];
    const expected = await ours(
      classifier,
      texts.map((text) => ({ texts: [text] })),
    );
    for (const [i, answers] of found.entries()) {
      const [probabilities] = expected[i].probabilities;
      assert.is(answers[0].label, classifier.labels[likeliest(probabilities)]);
      for (const { label, score } of answers) near(score, probabilities[classifier.labels.indexOf(label)], texts[i]);
    }
  });

test('pairs: the exported model gives what predict gives', async () => {
  const classifier = await exported('pairs', 'pairs', 'bert');
  const pairs = Array.from({ length: 12 }, (_, i) => rows.pairs(90 + i));
  const { tokenizer, model } = await pipeline('text-classification', 'pairs', { dtype: 'fp32' });
  const expected = await ours(
    classifier,
    pairs.map(({ text, second }) => ({ texts: [text, second] })),
  );
  const whole = expected.filter(({ sequence }) => sequence.leftOut === 0); // the library cuts long pairs otherwise
  assert.ok(whole.length >= 3);
  for (const [i, { text, second }] of pairs.entries()) {
    if (!whole.includes(expected[i])) continue;
    const { logits } = await model(tokenizer([text], { text_pair: [second] }));
    const [[a, b]] = logits.tolist();
    near(1 / (1 + Math.exp(b - a)), expected[i].probabilities[0][0], text);
  }
});

for (const preset of ['bert', 'diagram'])
  test(`${preset}: token-classification of transformers.js gives predict's tags and probabilities`, async () => {
    const name = `words-${preset}`;
    const classifier = await exported(name, 'words', preset);
    const texts = Array.from({ length: 4 }, (_, i) => rows.words(90 + i).tokens);
    const answer = await pipeline('token-classification', name, { dtype: 'fp32' });
    const expected = await ours(
      classifier,
      texts.map((words) => ({ texts: words })),
    );
    for (const [i, words] of texts.entries()) {
      const found = (await answer(words.join(' '), { ignore_labels: [] })) as TokenAnswer[];
      const { sequence, probabilities } = expected[i];
      assert.is(sequence.words.length, words.length);
      for (const [j, at] of sequence.positions.entries()) {
        const token = found.find(({ index }) => index === at);
        const best = likeliest(probabilities[j]);
        assert.is(token?.entity, classifier.labels[best], words.join(' '));
        near(token?.score ?? Number.NaN, probabilities[j][best], words[j]);
      }
    }
  });

test("hf folders have the names of Hugging Face's classes", async () => {
  for (const [kind, architecture, names] of [
    ['texts', 'BertForSequenceClassification', ['bert.pooler.dense.bias', 'bert.pooler.dense.weight']],
    ['words', 'BertForTokenClassification', []],
  ] as const) {
    const classifier = await openClassifier(join(folder, `of-${kind}-bert`, `run-${kind}`));
    const out = join(folder, `hf-${kind}`);
    await exportClassifier(classifier, out, 'hf', []);
    const config = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(config.architectures, [architecture]);
    assert.equal(Object.values(config.id2label as object), classifier.labels);
    assert.equal(Object.keys(config.label2id as object), classifier.labels);
    const { tensors } = readSafetensors(readFileSync(join(out, 'model.safetensors')), 'model');
    const outside = [...tensors.keys()].filter((name) => !/^bert\.(embeddings|encoder)\./.test(name)).toSorted();
    assert.equal(outside, [...names, 'classifier.bias', 'classifier.weight']);
    assert.equal(tensors.get('classifier.weight')?.shape, [classifier.labels.length, 16]);
  }
});

test('a model that the class cannot express is refused by name', async () => {
  const classifier = await openClassifier(join(folder, 'of-words-diagram', 'run-words'));
  const message = await messageOf(() => exportClassifier(classifier, join(folder, 'no'), 'hf', []));
  assert.match(message, /preset diagram.*BertForTokenClassification cannot express[^]*model\.norm is pre/);
});

test.run();
