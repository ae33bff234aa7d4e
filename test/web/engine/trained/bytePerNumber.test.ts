import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromBytes, toBytes } from '../../../../web/src/engine/trained/bytePerNumber.ts';
import { messageOf } from '../../../messageOf.ts';

const tensors = new Map([
  ['bias', { shape: [3], data: Float32Array.of(0.5, -1, 0) }],
  ['weight', { shape: [2, 4], data: Float32Array.of(1, -2, 3, -4, 100, 0, -25, 50) }],
  ['zeros', { shape: [2, 2], data: new Float32Array(4) }],
]);

test('each row comes back to within a 254th of its largest number', () => {
  const back = fromBytes(toBytes(tensors));
  assert.equal([...back.keys()], [...tensors.keys()]);
  for (const [name, { shape, data }] of tensors) {
    const found = back.get(name);
    assert.equal(found?.shape, shape);
    const columns = shape.at(-1) ?? 1;
    for (const [i, value] of data.entries()) {
      const row = data.subarray(i - (i % columns), i - (i % columns) + columns);
      const most = Math.max(...row.map(Math.abs));
      assert.ok(
        Math.abs((found?.data[i] ?? NaN) - value) <= most * (1 / 254 + 1e-6),
        `${name} ${i}: ${found?.data[i]}`,
      );
    }
  }
});

test('bytes that are damaged are refused', async () => {
  const bytes = toBytes(tensors);
  for (const damaged of [new Uint8Array(2), bytes.subarray(0, bytes.length - 1), new Uint8Array(40).fill(255)])
    assert.match(
      await messageOf(() => Promise.resolve().then(() => fromBytes(damaged))),
      /^the trained model is damaged/,
    );
});

test.run();
