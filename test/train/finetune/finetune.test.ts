import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertClassifier } from '../../../src/bert/BertClassifier.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import { openClassifier } from '../../../src/train/finetune/classifier.node.ts';
import { readLabelledData } from '../../../src/train/finetune/labelledData.node.ts';
import { balancedWeights, TrainingBatches } from '../../../src/train/finetune/labelledSequences.ts';
import { modelSource } from '../../../src/train/import/modelSource.node.ts';
import { goldenFolders } from '../goldenFolders.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { run, smallFinetune } from './smallClassifier.ts';

const folder = temporaryFolder();

for (const [kind, preset] of [
  ['texts', 'bert'],
  ['texts', 'diagram'],
  ['pairs', 'codertimo'],
  ['words', 'modern'],
] as const)
  test(`${kind} are learnt from preset ${preset}, and the run's folder has all that it needs`, async () => {
    const config = await smallFinetune(
      join(folder, `${kind}-${preset}`),
      kind,
      ['train.epochs=10'],
      [`model.preset=${preset}`],
    );
    const { losses, end } = await run(config);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(mean(losses.slice(-8)) < mean(losses.slice(0, 8)), losses.join(' '));
    if (kind !== 'pairs') assert.ok((end?.evaluation.accuracy ?? 0) > 0.7, `accuracy ${end?.evaluation.accuracy}`);
    const files = ['checkpoints', 'config.yaml', 'labels.json', 'metrics.jsonl', 'tokenizer.json'];
    assert.equal(readdirSync(config.out), files);
    const classifier = await openClassifier(config.out);
    assert.is(classifier.step, end?.step);
    assert.equal(classifier.labels, JSON.parse(readFileSync(join(config.out, 'labels.json'), 'utf8')));
  });

test('labels that no row to train on has are told, and a single one is refused', async () => {
  const path = join(folder, 'labels');
  const config = await smallFinetune(path, 'texts', ['data.labels=[birds, kings, fish]']);
  const write = (part: string, labels: readonly string[]): void =>
    writeFileSync(
      join(path, `texts-${part}.jsonl`),
      labels.map((label) => `${JSON.stringify({ text: 'a', label })}\n`).join(''),
    );
  write('train', ['birds', 'kings', 'birds']);
  write('validation', ['fish', 'birds', 'fish']);
  assert.equal((await readLabelledData(config)).notices, [
    'no row to train on has the label fish, which 2 to validate on have: it cannot be learnt',
  ]);
  write('train', ['birds', 'birds']);
  assert.match(
    await messageOf(() => readLabelledData(config)),
    /texts-train\.jsonl: all rows to train on have the label birds; expected at least two labels/,
  );
});

test('the best checkpoint stays, and training ends when the next ones are no better', async () => {
  const settings = ['validate.every=1', 'validate.metric=accuracy', 'validate.patience=4', 'train.epochs=20'];
  const config = await smallFinetune(join(folder, 'best'), 'texts', settings);
  const { validations, end } = await run(config);
  const accuracies = validations.map(({ evaluation }) => evaluation.accuracy);
  const best = accuracies.indexOf(Math.max(...accuracies));
  assert.is(end?.step, validations[best].step);
  assert.is(end?.early, true);
  assert.is(validations.length, best + 1 + 4);
  assert.equal(readdirSync(join(config.out, 'checkpoints')), [`step-${String(end?.step).padStart(8, '0')}`]);
});

test('the same seed gives the same numbers, another one others', async () => {
  const numbers = async (name: string, seed: number): Promise<number[]> => {
    const config = await smallFinetune(join(folder, name), 'texts', [`seed=${seed}`, 'train.epochs=1']);
    return (await run(config)).losses;
  };
  const [first, again, other] = [await numbers('a', 1), await numbers('b', 1), await numbers('c', 2)];
  assert.equal(first, again);
  assert.not.equal(first, other);
});

test('a run that is resumed ends as the one that was not stopped', async () => {
  const settings = ['validate.metric=loss', 'train.epochs=2'];
  const whole = await smallFinetune(join(folder, 'whole'), 'texts', settings);
  const expected = await run(whole);
  // what a run has that was killed after its first validation
  const config = await smallFinetune(join(folder, 'resumed'), 'texts', [...settings, 'validate.patience=1']);
  const stopped = { ...config, validate: { ...config.validate, patience: 0 } };
  const path = join(config.out, 'checkpoints');
  await run(stopped);
  const first = await run({ ...stopped, out: `${config.out}-1`, train: { ...stopped.train, epochs: 2 } });
  assert.equal(first.losses, expected.losses);
  const [name] = readdirSync(path);
  const resumed = await run(stopped, true);
  assert.equal(resumed.losses, expected.losses.slice(Number(name.slice(5))));
  const changed = { ...stopped, train: { ...stopped.train, batchSize: 4 } };
  assert.match(await messageOf(() => run(changed, true)), /train\.batchSize: the run has 8, the config 4/);
  assert.match(await messageOf(() => run(stopped)), /there is a run already; add --resume/);
});

test('what is frozen stays as it was, bit for bit, and the rest is trained', async () => {
  const settings = ['train.freeze.embeddings=true', 'train.freeze.blocks=1', 'train.epochs=1'];
  const config = await smallFinetune(join(folder, 'frozen'), 'texts', settings);
  const before = (await openTrained(config.model.from)).tensors;
  await run(config);
  const { tensors } = await openClassifier(config.out);
  for (const [name, { data }] of tensors) {
    if (!name.startsWith('encoder.')) continue;
    const frozen = /^encoder\.(Embedding|TF\.0)\./.test(name);
    const same = data.every((value, i) => value === before.get(name)?.data[i]);
    assert.is(same, frozen, name);
  }
});

test('balanced weights make labels count alike, and every epoch has each sequence once', () => {
  const sequence = (label: number, i: number) => ({
    ids: Int32Array.of(2, 10 + i, 3),
    segments: new Int32Array(3),
    leftOut: 0,
    positions: Int32Array.of(0),
    words: Int32Array.of(0),
    labels: Int32Array.of(label),
  });
  const sequences = [0, 0, 0, 1, 0].map(sequence);
  assert.equal(balancedWeights(sequences, 3), [5 / 12, 5 / 3, 1]); // 5 / (3 labels x 4), 5 / (3 x 1)
  const batches = new TrainingBatches(sequences, [1, 2, 3], 2, 7);
  assert.is(batches.perEpoch, 3);
  for (const epoch of [0, 1]) {
    const some = [1, 2, 3].map((step) => batches.at(3 * epoch + step));
    const seen = some.flatMap(({ ids, positions }) => [...positions].map((at) => ids[at + 1]));
    assert.equal(
      seen.toSorted((a, b) => a - b),
      [10, 11, 12, 13, 14],
    );
    for (const { labels, weights } of some)
      assert.equal(
        [...(weights ?? [])],
        [...labels].map((label) => 1 + label),
      );
  }
});

test('the weighted loss is the mean of the losses by their weights', async () => {
  const device = openReference();
  const { options } = await tiny();
  const model = new BertClassifier(options, { task: 'sequence', labels: 2, dropout: 0 }, 3).to(device);
  const { Tape } = await import('../../../src/autograd/tape.ts');
  const input = {
    batch: 1,
    length: 4,
    ids: Int32Array.of(2, 6, 2, 7),
    segments: new Int32Array(4),
    spans: Int32Array.of(0, 2, 0, 2, 2, 4, 2, 4),
  };
  const lossOf = async (positions: number[], labels: number[], weights?: number[]): Promise<number> => {
    const tape = new Tape(device, { training: false });
    const labelled = { ...input, positions: Int32Array.from(positions), labels: Int32Array.from(labels) };
    const loss = model.loss(tape, { ...labelled, ...(weights && { weights: Float32Array.from(weights) }) }).read();
    tape.free();
    return (await loss)[0];
  };
  const [first, second] = [await lossOf([0], [0]), await lossOf([2], [1])];
  const both = await lossOf([0, 2], [0, 1], [1, 3]);
  assert.ok(Math.abs(both - (first + 3 * second) / 4) < 1e-9);
  assert.ok(Math.abs(first - second) > 1e-6, 'the two losses differ');
});

test('a Hugging Face BERT is fine-tuned, and what of it is missing is told', async () => {
  const golden = goldenFolders.find(({ name }) => name === 'tied')?.path as string;
  const base = await smallFinetune(join(folder, 'hf'), 'texts');
  const settings = [`model.from=${JSON.stringify(golden)}`];
  const { loadFinetune } = await import('../../../src/train/finetune/config/loadFinetune.node.ts');
  const config = loadFinetune(join(folder, 'hf', 'texts.yaml'), [
    ...settings,
    `data.train=${JSON.stringify(base.data.train)}`,
    'data.validation=0.2',
    `out=${JSON.stringify(base.out)}`,
    'train.epochs=1',
  ]);
  const { notices } = await run(config);
  assert.ok(
    notices.some((text) => /begin at random: .*classifier\.LL\.weight/.test(text)),
    notices.join('\n'),
  );
  assert.is((await openClassifier(config.out)).config.model.preset, 'bert');
});

test('other commands say that a classifier is none of theirs, and predict that a run is no classifier', async () => {
  const config = await smallFinetune(join(folder, 'wrong'), 'texts', ['train.epochs=1']);
  await run(config);
  assert.match(
    await messageOf(() => openTrained(config.out)),
    /found a fine-tuned classifier; expected a pretrained run/,
  );
  assert.match(await messageOf(() => modelSource(config.out, '')), /model\.from: .*found a fine-tuned classifier/);
  assert.match(await messageOf(() => openClassifier(config.model.from)), /found no fine-tuned classifier/);
  const tokenizer = join(config.out, 'tokenizer.json');
  writeFileSync(tokenizer, readFileSync(tokenizer, 'utf8').replace('"bird"', '"brid"'));
  assert.match(await messageOf(() => openClassifier(config.out)), /tokenizer\.json: it was changed/);
  rmSync(join(config.out, 'checkpoints'), { recursive: true });
  assert.match(await messageOf(() => openClassifier(config.out)), /no intact checkpoint|cannot list the checkpoints/);
});

async function tiny() {
  const { encoderOptions } = await import('../../../src/train/finetune/config/finetuneConfig.ts');
  return { options: encoderOptions(await smallFinetune(join(folder, 'tiny'), 'texts'), 26) };
}

test.run();
