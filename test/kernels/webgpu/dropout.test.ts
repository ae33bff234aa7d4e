import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dropThreshold, hash } from '../../../src/kernels/random.ts';
import { openForTests } from './openForTests.ts';

const webgpu = await openForTests();

if (webgpu) {
  test('webgpu draws the same mask as every device, even beyond index 2^24', async () => {
    const key = { keyHigh: 7654321, keyLow: 13579135 };
    const size = 2 ** 24 + 3000;
    const ones = webgpu.launch('fill', {}, { size, value: 1 }).y;
    const { y } = webgpu.launch('dropout', { x: ones }, { size, rate: 0.1, ...key });
    const found = (await webgpu.read(y)) as Float32Array;
    const threshold = dropThreshold(0.1);
    const places = [0, 4096, 2 ** 24 - 2000, size - 2000].flatMap((from) =>
      Array.from({ length: 2000 }, (_, i) => from + i),
    );
    for (const i of places) assert.is(found[i] === 0, hash(key, i) < threshold, `element ${i}`);
    const kept = found.reduce((count, value) => count + Number(value !== 0), 0) / size;
    assert.ok(Math.abs(kept - 0.9) < 5e-4, `${kept} kept`);
    for (const array of [ones, y]) webgpu.free(array);
  });
  test.after(() => webgpu.close());
}

test.run();
