import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bert } from '../../../src/bert/Bert.ts';
import { presets } from '../../../src/bert/presets.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { unitHealth } from '../../../src/train/diagnose/unitHealth.ts';
import { firstRows } from '../../../src/train/evaluate/firstRows.ts';
import { syntheticBatch } from '../../../src/train/measure/syntheticBatch.ts';

const sizes = { layers: 2, embeddingSize: 8, heads: 2, feedForwardSize: 12, vocabSize: 30, maxLength: 6, dropout: 0.1 };
const batch = syntheticBatch(3, 6, 30, 0.3);

for (const device of [openReference(), await openCpu({ threads: 1 })])
  test(`${device.name}: units whose bias is far below zero never fire`, async () => {
    const model = new Bert({ ...presets.diagram, ...sizes }, 1).to(device);
    const fresh = await unitHealth(device, model, batch);
    assert.is(fresh.silentUnits, 0);
    assert.ok(Math.abs(fresh.geluInput) < 1, String(fresh.geluInput));
    const bias = model.parameters.get('encoder.TF.1.FFN.LL1.bias');
    bias.write(new Float32Array(12).map((_, unit) => (unit < 6 ? -20 : 0)));
    const spoilt = await unitHealth(device, model, batch);
    assert.is(spoilt.silentUnits, 6 / 24);
    assert.ok(Math.abs(spoilt.geluInput - fresh.geluInput + 20 / 4) < 0.2, String(spoilt.geluInput));
    await device.close();
  });

test('of gated units the inputs of GELU are looked at, and not the gates', async () => {
  const device = openReference();
  const model = new Bert({ ...presets.modern, ...sizes, biases: true }, 1).to(device);
  const bias = model.parameters.get('encoder.TF.1.FFN.LL1.bias');
  bias.write(new Float32Array(24).map((_, unit) => (unit < 6 || unit >= 12 ? -20 : 0)));
  assert.is((await unitHealth(device, model, batch)).silentUnits, 6 / 24);
});

test('the first rows of a batch have its masked tokens', () => {
  const rows = firstRows(batch, 2);
  assert.is(rows.batch, 2);
  assert.equal(rows.ids, batch.ids.slice(0, 12));
  assert.equal(rows.spans, batch.spans.slice(0, 24));
  const within = [...batch.positions].filter((position) => position < 12);
  assert.equal([...rows.positions], within);
  assert.equal(rows.labels, batch.labels.slice(0, within.length));
  assert.equal(firstRows(batch, 9).positions, batch.positions);
});

test.run();
