import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../src/autograd/tape.ts';
import { Bert } from '../../src/bert/Bert.ts';
import type { MaskedInput } from '../../src/bert/Bert.ts';
import { presetNames, presets } from '../../src/bert/presets.ts';
import type { PresetName } from '../../src/bert/presets.ts';
import { makeBatch, oneRow, paddedRows } from '../../src/data/batches/makeBatch.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import type { Device } from '../../src/kernels/device.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const sizes = { layers: 2, embeddingSize: 12, heads: 3, feedForwardSize: 20, vocabSize: 50, maxLength: 24, dropout: 0 };
const lengths = [24, 1, 7, 24, 3, 16];
const random = seedrandom('unpadded');
const sequences = lengths.map((length) => {
  const ids = Int32Array.from({ length }, () => Math.floor(random() * 50));
  return { ids, original: ids.map((id) => (id + 3) % 50), positions: [...ids.keys()].filter((i) => i % 3 === 0) };
});
const padded = makeBatch(sequences, paddedRows(sequences, 24), 0, 1);
/** One row of 75 tokens with five tokens of padding at the end. */
const unpadded = makeBatch(sequences, oneRow(sequences, 80), 0, 1);

const cpu = await openCpu({ threads: 2 });

async function lossAndGradients(device: Device, preset: PresetName, batch: MaskedInput): Promise<Float64Array[]> {
  const model = new Bert({ ...presets[preset], ...sizes }, 7).to(device);
  const tape = new Tape(device);
  const loss = model.loss(tape, batch);
  const value = loss.read();
  tape.backward(loss);
  const read = model.parameters.all.map(async ({ gradients, size }) =>
    Float64Array.from((await device.read(gradients)).subarray(0, size)),
  );
  return Promise.all([value, ...read]);
}

for (const preset of presetNames)
  for (const [device, allowed] of [
    [openReference(), 1e-12],
    [cpu, 2e-6],
  ] as const)
    test(`${preset} on ${device.name}: the same sequences without padding give the same loss and gradients`, async () => {
      const [expected, found] = [
        await lossAndGradients(device, preset, padded),
        await lossAndGradients(device, preset, unpadded),
      ];
      const scale = expected
        .slice(1)
        .reduce((most, values) => values.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0);
      assert.ok(scale > 1e-3);
      for (const [i, values] of expected.entries())
        for (const [entry, value] of values.entries()) {
          const error = Math.abs(found[i][entry] - value) / (i === 0 ? value : scale);
          assert.ok(
            error <= allowed,
            `${i === 0 ? 'loss' : `gradient ${i}`}[${entry}]: ${found[i][entry]}, padded ${value}`,
          );
        }
    });

test('maxLength limits the longest sequence, not the row', () => {
  const device = openReference();
  const tape = new Tape(device);
  const model = new Bert({ ...presets.bert, ...sizes, maxLength: 23 }, 7).to(device);
  assert.throws(() => model.encode(tape, unpadded), /a sequence of 24 tokens is longer than the model's maximum, 23/);
});

test.after(() => cpu.close());

test.run();
