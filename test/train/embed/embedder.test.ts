import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bert } from '../../../src/bert/Bert.ts';
import { presetNames, presets } from '../../../src/bert/presets.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { Tape } from '../../../src/autograd/tape.ts';
import { textSegment } from '../../../src/train/config/modelOptions.ts';
import { Embedder } from '../../../src/train/embed/embedder.ts';
import type { EmbedOptions } from '../../../src/train/embed/embedder.ts';
import { embedStream } from '../../../src/train/embed/embedStream.ts';
import { smallTokenizer } from '../../data/smallTokenizer.ts';
import { messageOf } from '../../messageOf.ts';

const tokenizer = smallTokenizer(20);
const SIZE = 8;
const sizes = {
  layers: 2,
  embeddingSize: SIZE,
  heads: 2,
  feedForwardSize: 12,
  maxLength: 16,
  dropout: 0.1,
  initialisation: { ...presets.bert.initialisation, embedding: 0.5, linear: 0.3 },
};
const device = openReference();
const modelOf = (preset: (typeof presetNames)[number], on = device): Bert =>
  new Bert({ ...presets[preset], ...sizes, vocabSize: tokenizer.vocabSize }, 3).to(on);

const word = 'w2';
const texts = [word, '', `${word} `.repeat(9), 'the', `${word} the w4`];

/** The encoder's outputs of a text by itself, a row for each token. */
async function rowsOf(model: Bert, text: string): Promise<number[][]> {
  const ids = Int32Array.of(tokenizer.classId, ...tokenizer.encode(text), tokenizer.separatorId);
  const { length } = ids;
  const tape = new Tape(device, { training: false, gradients: false });
  const segments = new Int32Array(length).fill(textSegment({ model: model.options }));
  const spans = Int32Array.from({ length: 2 * length }, (_, i) => (i % 2) * length);
  const read = model.encode(tape, { batch: 1, length, ids, segments, spans }).read();
  tape.free();
  const values = await read;
  return Array.from({ length }, (_, i) => [...values.subarray(i * SIZE, (i + 1) * SIZE)]);
}

const expected: Record<string, (rows: number[][]) => number[]> = {
  mean: (rows) => rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length),
  cls: ([first]) => first,
};

for (const preset of presetNames)
  for (const pooling of ['mean', 'cls'] as const)
    test(`${preset}, ${pooling}: rows in order, each that of its text alone`, async () => {
      const model = modelOf(preset);
      const embeddings = await new Embedder(device, model, tokenizer, { pooling }).embed(texts);
      assert.equal([...embeddings.leftOut], [0, 0, 0, 0, 0]);
      for (const [i, text] of texts.entries())
        for (const [j, value] of expected[pooling](await rowsOf(model, text)).entries())
          assert.ok(Math.abs(embeddings.values[i * SIZE + j] - value) < 1e-6, `text ${i}, number ${j}`);
    });

test('many batches on the cpu agree with reference, text by text', async () => {
  const cpu = await openCpu({ threads: 2, products: 'wasm' });
  const many = Array.from({ length: 900 }, (_, i) => `${word} `.repeat((i * 7) % 13));
  for (const pooling of ['mean', 'cls'] as const) {
    const [ours, right] = await Promise.all(
      [cpu, device].map((on) => new Embedder(on, modelOf('bert', on), tokenizer, { pooling }).embed(many)),
    );
    assert.ok(ours.values.every((value, i) => Math.abs(value - right.values[i]) < 1e-5));
  }
  await cpu.close();
});

test('normalize gives every row the length 1 and the same direction', async () => {
  const model = modelOf('bert');
  const plain = await new Embedder(device, model, tokenizer).embed(texts);
  const { values } = await new Embedder(device, model, tokenizer, { normalize: true }).embed(texts);
  for (let i = 0; i < texts.length; i++) {
    const [row, from] = [values, plain.values].map((all) => all.subarray(i * SIZE, (i + 1) * SIZE));
    const length = Math.hypot(...from);
    assert.ok(Math.abs(Math.hypot(...row) - 1) < 1e-6);
    assert.ok(row.every((value, j) => Math.abs(value * length - from[j]) < 1e-5));
  }
});

test('a text that is too long loses its end, not its [SEP], and that is said', async () => {
  const model = modelOf('bert');
  const [long, cut] = [`${word} `.repeat(20), `${word} `.repeat(14)];
  const whole = tokenizer.encode(long).length;
  const { values, leftOut, tokens } = await new Embedder(device, model, tokenizer).embed([long, cut]);
  assert.equal([...leftOut], [whole - 14, Math.max(0, tokenizer.encode(cut).length - 14)]);
  assert.is(tokens, 32);
  assert.equal([...values.subarray(0, SIZE)], [...values.subarray(SIZE)]);
});

test('a stream comes in order, a window at a time', async () => {
  const embedder = new Embedder(device, modelOf('bert'), tokenizer);
  async function* lines(): AsyncGenerator<{ text: string; number: number }> {
    for (let number = 0; number < 4100; number++)
      yield await Promise.resolve({ text: number === 4099 ? word : '', number });
  }
  const found: number[] = [];
  const sizes: number[] = [];
  let last = new Float32Array();
  for await (const part of embedStream(embedder, lines())) {
    found.push(...part.texts.map(({ number }) => number));
    sizes.push(part.texts.length);
    last = part.values.slice(-SIZE);
  }
  assert.equal(
    found,
    Array.from({ length: 4100 }, (_, i) => i),
  );
  assert.equal(sizes, [4096, 4]);
  assert.equal(last, (await embedder.embed([word])).values);
});

for (const [what, options, pattern] of [
  ['fractional', { maxLength: 4.5 }, /maxLength: found 4\.5; expected a whole number from 3 to 16/],
  ['more than the positions', { maxLength: 17 }, /maxLength: found 17/],
] as [string, EmbedOptions, RegExp][])
  test(`a maxLength that is ${what} is refused`, async () => {
    assert.match(await messageOf(() => new Embedder(device, modelOf('bert'), tokenizer, options)), pattern);
  });

test("a tokenizer that is not the model's is refused", async () => {
  const model = new Bert({ ...presets.bert, ...sizes, vocabSize: tokenizer.vocabSize + 1 }).to(device);
  assert.match(
    await messageOf(() => new Embedder(device, model, tokenizer)),
    /the tokenizer has \d+ tokens, the model \d+/,
  );
});

test.run();
