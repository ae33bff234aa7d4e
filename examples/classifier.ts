/**
 * A classifier on a pretrained encoder, by hand: pretrain, save, load, and train a linear layer on [CLS] with the encoder.
 * `bertrand finetune` does this from files.
 *
 *     node --import tsx examples/classifier.ts
 */
import {
  AdamW,
  Bert,
  crossEntropy,
  dataFromTexts,
  linear,
  openDevice,
  Parameters,
  sum,
  Tape,
  trainStep,
} from 'bertrand-ml';
import type { EncoderInput, Tensor } from 'bertrand-ml';

const kinds = [
  ['rain', 'snow', 'wind', 'cloud'],
  ['bread', 'soup', 'cheese', 'cake'],
];
const rows = Array.from({ length: 400 }, (_, i) => {
  const words = kinds[i % 2];
  return { text: `there was ${words[(i >> 1) % 4]} and ${words[(i >> 3) % 4]} at noon`, label: i % 2 };
});
const device = await openDevice('cpu');
const options = { packing: false, sequenceLength: 12, batchSize: 16, tokenizer: { vocabSize: 80 } };
const data = await dataFromTexts(
  rows.map(({ text }) => text),
  options,
);
const { tokenizer } = data;
const sizes = { layers: 1, embeddingSize: 32, heads: 2, feedForwardSize: 64, maxLength: 12 };
const pretrained = new Bert({ ...sizes, vocabSize: tokenizer.vocabSize }).to(device);
const pretraining = { device, model: pretrained, optimizer: new AdamW(device, pretrained.parameters) };
for (let step = 1; step <= 100; step++) trainStep(pretraining, [await data.train.at(step)], 1, step, 3e-3);
await pretrained.save('runs/classifier-example');

// The encoder's weights come from the file; the head's two rows, one for each label, are new.
const { model } = await Bert.load('runs/classifier-example', device);
const head = new Parameters(1);
const weight = head.in('head').matrix('weight', [2, 32], { normal: 0.1 });
const bias = head.in('head').vector('bias', 2, { constant: 0 });
head.allocate(device);
const optimizers = [new AdamW(device, model.parameters), new AdamW(device, head)];

/** A row of tokens for each text, all of one length here. */
function inputOf(texts: readonly string[]): EncoderInput {
  const sequences = texts.map((text) => [tokenizer.classId, ...tokenizer.encode(text), tokenizer.separatorId]);
  const [batch, length] = [sequences.length, sequences[0].length];
  const spans = Int32Array.from({ length: 2 * batch * length }, (_, i) => (i % 2) * length); // each row is one sequence
  return { batch, length, ids: Int32Array.from(sequences.flat()), segments: new Int32Array(batch * length), spans };
}

/** The scores of the two labels: (texts, 2) */
function logits(tape: Tape, input: EncoderInput): Tensor {
  const first = Int32Array.from({ length: input.batch }, (_, i) => i * input.length); // where each [CLS] is
  return linear(model.encode(tape, input, first), tape.use(weight), tape.use(bias));
}

const [training, testing] = [rows.slice(0, 320), rows.slice(320)];
for (let step = 0; step < 60; step++) {
  const batch = training.slice((16 * step) % 320, ((16 * step) % 320) + 16);
  const tape = new Tape(device, { seed: 1, step });
  const labels = tape.input(
    Int32Array.from(batch, ({ label }) => label),
    [batch.length],
  );
  const losses = crossEntropy(logits(tape, inputOf(batch.map(({ text }) => text))), labels);
  tape.backward(sum(losses, 1 / batch.length));
  for (const optimizer of optimizers) void optimizer.step(3e-3);
}
const tape = new Tape(device, { training: false, gradients: false });
const scores = await logits(tape, inputOf(testing.map(({ text }) => text))).read();
const right = testing.filter(({ label }, i) => Number(scores[2 * i + 1] > scores[2 * i]) === label).length;
console.log(`${right} of ${testing.length} right`);
await device.close();
