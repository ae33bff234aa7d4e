import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openReference } from '../../../src/kernels/reference/index.ts';
import type { OnnxPrecision } from '../../../src/train/export/onnx/modelGraph.ts';
import { roundedTensors } from '../../../src/train/export/onnx/rounded.ts';
import { likeliest } from '../../../src/train/finetune/classify.ts';
import { openClassifier } from '../../../src/train/finetune/classifier.node.ts';
import type { TrainedClassifier } from '../../../src/train/finetune/classifier.node.ts';
import { exportClassifier } from '../../../src/train/finetune/export/exportClassifier.node.ts';
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
  await exportClassifier(classifier, join(folder, name), { format: 'onnx', precisions: ['f32', 'f16', 'int8'] });
  return classifier;
}

/** What `bertrand predict` says of each, with the weights that a precision leaves: the probabilities of all labels at each position. */
async function ours(
  classifier: TrainedClassifier,
  examples: readonly { texts: readonly string[] }[],
  precision: OnnxPrecision = 'f32',
) {
  const { tokenizer, config, tensors } = classifier;
  const model = classifier.modelOn(device, roundedTensors(tensors, precision));
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

for (const preset of ['bert', 'modern', 'codertimo'])
  for (const [precision, dtype, most] of [
    ['int8', 'q8', 1e-5],
    ['f16', 'fp16', 5e-3], // it computes in half precision as well
  ] as const)
    test(`${preset}: the ${precision} classifier gives what our model gives with the weights that ${precision} leaves`, async () => {
      const name = `texts-${preset}`;
      const classifier = await openClassifier(join(folder, `of-${name}`, 'run-texts'));
      const texts = Array.from({ length: 9 }, (_, i) => rows.texts(90 + i).text);
      const answer = await pipeline('text-classification', name, { dtype });
      const found = (await answer(texts, { top_k: null })) as Answer[][];
      const examples = texts.map((text) => ({ texts: [text] }));
      const [rounded, exact] = [await ours(classifier, examples, precision), await ours(classifier, examples)];
      const furthest = (from: typeof exact): number =>
        Math.max(
          ...found.flatMap((answers, i) =>
            answers.map(({ label, score }) =>
              Math.abs(score - from[i].probabilities[0][classifier.labels.indexOf(label)]),
            ),
          ),
        );
      assert.ok(furthest(rounded) < most, `${furthest(rounded)} from our model with rounded weights`);
      assert.ok(furthest(exact) < 0.03, `${furthest(exact)} from f32`);
      assert.ok(furthest(exact) > 1e-6, `${precision} changed nothing`);
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

for (const preset of ['bert', 'diagram', 'modern'])
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

test('int8 and f16 classifiers of words are within rounding of f32', async () => {
  const text = rows.words(93).tokens.join(' ');
  const scores = async (dtype: string): Promise<number[]> => {
    const { model, tokenizer } = await pipeline('token-classification', 'words-bert', { dtype });
    const { logits } = await model(tokenizer([text], {}));
    return logits.tolist().flat(2);
  };
  const exact = await scores('fp32');
  for (const [dtype, most] of [
    ['q8', 0.1],
    ['fp16', 0.02],
  ] as const) {
    const found = await scores(dtype);
    assert.is(found.length, exact.length);
    const furthest = Math.max(...found.map((score, i) => Math.abs(score - exact[i])));
    assert.ok(furthest < most && furthest > 1e-6, `${dtype}: ${furthest}`);
  }
});

test("hf folders have the names of Hugging Face's classes", async () => {
  for (const [kind, architecture, names] of [
    ['texts', 'BertForSequenceClassification', ['bert.pooler.dense.bias', 'bert.pooler.dense.weight']],
    ['words', 'BertForTokenClassification', []],
  ] as const) {
    const classifier = await openClassifier(join(folder, `of-${kind}-bert`, `run-${kind}`));
    const out = join(folder, `hf-${kind}`);
    await exportClassifier(classifier, out, { format: 'hf', precisions: [] });
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

test("hf folders of modern have the names of ModernBERT's classes, and a model that the head was not trained for is refused", async () => {
  for (const [kind, architecture] of [
    ['texts', 'ModernBertForSequenceClassification'],
    ['words', 'ModernBertForTokenClassification'],
  ] as const) {
    const classifier = await openClassifier(join(folder, `of-${kind}-modern`, `run-${kind}`));
    const out = join(folder, `hf-${kind}-modern`);
    const options = { format: 'hf', precisions: [] } as const;
    await exportClassifier(classifier, out, options);
    const json = (name: string): Record<string, unknown> =>
      JSON.parse(readFileSync(join(out, name), 'utf8')) as Record<string, unknown>;
    const { architectures, model_type, classifier_pooling } = json('config.json');
    assert.equal([architectures, model_type, classifier_pooling], [[architecture], 'modernbert', 'cls']);
    assert.equal(json('tokenizer_config.json').model_input_names, ['input_ids', 'attention_mask']);
    const { tensors } = readSafetensors(readFileSync(join(out, 'model.safetensors')), 'model');
    const outside = [...tensors.keys()].filter((name) => !name.startsWith('model.')).toSorted();
    assert.equal(outside, ['classifier.bias', 'classifier.weight', 'head.dense.weight', 'head.norm.weight']);

    const ofThen = new Map(Array.from(classifier.tensors).filter(([name]) => !name.includes('transform')));
    assert.match(
      await messageOf(() => exportClassifier({ ...classifier, tensors: ofThen }, join(folder, 'no'), options)),
      new RegExp(
        `preset modern.*${architecture} cannot express its head, which is that of BERT: theirs has a LayerNorm; fine-tune`,
      ),
    );
  }
});

test('a model that the class cannot express is refused by name', async () => {
  const classifier = await openClassifier(join(folder, 'of-words-diagram', 'run-words'));
  const message = await messageOf(() =>
    exportClassifier(classifier, join(folder, 'no'), { format: 'hf', precisions: [] }),
  );
  assert.match(message, /preset diagram.*BertForTokenClassification cannot express[^]*model\.norm is pre/);
});

test.run();
