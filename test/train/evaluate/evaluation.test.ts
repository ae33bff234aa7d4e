import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { evaluate } from '../../../src/train/evaluate/evaluation.ts';
import { smallTraining } from '../smallTraining.ts';

const device = openReference();

test('dropout is off: a model with it evaluates as the same model without it', async () => {
  const [dropped, plain] = [
    await smallTraining(device, ['model.dropout=0.5']),
    await smallTraining(device, ['model.dropout=0']),
  ];
  const batches = [await plain.trainBatch(0)];
  const none = { frequencyLoss: () => 0, contextFreeLoss: () => 0, lengthOf: () => ({ characters: 1, bytes: 1 }) };
  assert.equal(
    await evaluate(device, dropped.model, batches, none),
    await evaluate(device, plain.model, batches, none),
  );
});

test('every masked token counts the same, in the model and in the baseline, however many a batch has', async () => {
  const { model, trainBatch } = await smallTraining(device);
  const whole = await trainBatch(0);
  const first = { ...whole, positions: whole.positions.slice(0, 1), labels: whole.labels.slice(0, 1) };
  const rest = { ...whole, positions: whole.positions.slice(1), labels: whole.labels.slice(1) };
  const meanOf = (values: Int32Array): number => values.reduce((total, value) => total + value, 0) / values.length;
  const baseline = {
    frequencyLoss: meanOf,
    contextFreeLoss: (labels: Int32Array, seen: Int32Array) => meanOf(labels.map((label, i) => label * 1000 + seen[i])),
    lengthOf: (labels: Int32Array) => ({ characters: 5 * labels.length, bytes: 8 * labels.length }),
  };
  const together = await evaluate(device, model, [whole], baseline);
  const apart = await evaluate(device, model, [first, rest], baseline);
  assert.is(apart.count, together.count);
  assert.is(apart.accuracy, together.accuracy);
  for (const key of ['loss', 'unigramLoss', 'contextFreeLoss'] as const)
    assert.ok(Math.abs(apart[key] - together[key]) < 1e-9, key);
  for (const { loss, natsPerCharacter, bitsPerByte } of [together, apart]) {
    assert.ok(Math.abs(natsPerCharacter - loss / 5) < 1e-12);
    assert.ok(Math.abs(bitsPerByte - loss / Math.log(2) / 8) < 1e-12);
  }
  const seen = whole.positions.map((position) => whole.ids[position]);
  assert.is(together.contextFreeLoss, baseline.contextFreeLoss(whole.labels, seen));
  assert.ok(whole.labels.length > 2 && first.labels[0] !== meanOf(whole.labels));
});

test.run();
