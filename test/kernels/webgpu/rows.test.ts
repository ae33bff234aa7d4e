import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelName } from '../../../src/kernels/contract.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { maximum, plus, reduction } from '../../../src/kernels/webgpu/kernels/wgsl/reduction.ts';
import { rowShape } from '../../../src/kernels/webgpu/kernels/wgsl/rows.ts';
import { differences } from '../conformance.ts';
import { openForTests } from './openForTests.ts';
import { openQueue } from './openQueue.ts';

const webgpu = await openForTests();
const plain = await openForTests({ subgroups: false });
const reference = openReference();

const kernels: readonly KernelName[] = [
  'softmax',
  'maskedSoftmax',
  'softmaxBackward',
  'layerNorm',
  'layerNormBackward',
  'dropoutAddLayerNorm',
  'dropoutAddLayerNormBackward',
  'crossEntropy',
  'argmax',
  'sum',
  'sumSquares',
];

/** Softmax, its gradient and LayerNorms of a row too long for registers. */
async function ofLongRow(device: Device): Promise<Float32Array[]> {
  const p = { rows: 2, columns: 9001 };
  const x = device.upload(
    'f32',
    Float32Array.from({ length: p.rows * p.columns }, (_, i) => ((i * 37) % 1009) / 100),
  );
  const { y } = device.launch('softmax', { x }, p);
  const { dx } = device.launch('softmaxBackward', { y, dy: x }, p);
  const ones = device.launch('fill', {}, { size: p.columns, value: 1 }).y;
  const norm = device.launch('layerNorm', { x, gamma: ones, beta: ones }, { ...p, epsilon: 1e-5, unbiased: 0 });
  const drawn = { ...p, epsilon: 1e-5, unbiased: 0, rate: 0.3, keyHigh: 5, keyLow: 6 };
  const composed = device.launch(
    'add',
    { a: x, b: device.launch('dropout', { x }, { ...drawn, size: x.size }).y },
    { size: x.size },
  ).y;
  const sum = device.has('dropoutAddLayerNorm')
    ? device.launch('dropoutAddLayerNorm', { x, residual: x, gamma: ones, beta: ones }, drawn)
    : device.launch('layerNorm', { x: composed, gamma: ones, beta: ones }, drawn);
  const read: Float32Array[] = [];
  for (const array of [y, dx, norm.y, sum.y])
    read.push(Float32Array.from(await device.read(array)).slice(0, 2 * p.columns));
  return read;
}

if (webgpu && plain) {
  for (const kernel of kernels)
    test(`webgpu without subgroups: ${kernel} agrees with reference`, async () => {
      const lines = await differences(kernel, plain, reference);
      assert.is(lines.length, 0, lines.join('\n'));
    });

  test('rows too long for registers are reread', async () => {
    const [found, expected] = [await ofLongRow(webgpu), await ofLongRow(reference)];
    for (const [i, numbers] of expected.entries()) {
      const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const wrong = numbers.findIndex((value, at) => !(Math.abs(value - found[i][at]) <= 3e-6 * largest));
      assert.is(wrong, -1, `result ${i}: [${wrong}] is ${found[i][wrong]}, reference has ${numbers[wrong]}`);
    }
  });

  test('neighbours are reduced by shuffles alone, by shuffles and memory, and by memory alone', async () => {
    const { device, queue, close } = await openQueue();
    const least = [0, ...(device.features.has('subgroups') ? [2, 4] : [])];
    const values = Float32Array.from({ length: 64 }, (_, i) => (i * 37) % 64);
    const x = queue.allocate('f32', 64);
    queue.write(x, values);
    for (const leastSubgroup of least)
      for (const lanes of [4, 32]) {
        const run = queue.shader({
          label: 'reduction',
          inputs: { x: 'f32' },
          outputs: { sums: 'f32', maxima: 'f32' },
          parameters: {},
          workgroup: 64,
          declarations:
            reduction('sumOf', 'f32', plus, lanes, { leastSubgroup }, 64) +
            reduction('maximumOf', 'f32', maximum, lanes, { leastSubgroup }, 64),
          main: 'sums[lane] = sumOf(lane, x[lane]); maxima[lane] = maximumOf(lane, x[lane]);',
        });
        const [sums, maxima] = [queue.allocate('f32', 64), queue.allocate('f32', 64)];
        run({ x, sums, maxima }, {}, 1);
        const groupOf = (i: number): Float32Array => {
          const first = Math.floor(i / lanes) * lanes;
          return values.slice(first, first + lanes);
        };
        const name = `${lanes} lanes, subgroups of ${leastSubgroup}`;
        assert.equal(
          Array.from(await queue.read(sums, 64)),
          Array.from(values, (_, i) => groupOf(i).reduce((sum, value) => sum + value, 0)),
          name,
        );
        assert.equal(
          Array.from(await queue.read(maxima, 64)),
          Array.from(values, (_, i) => Math.max(...groupOf(i))),
          name,
        );
      }
    close();
  });

  test.after(async () => {
    await webgpu.close();
    await plain.close();
  });
}

test('narrow rows share a workgroup, wide ones take a whole one', () => {
  assert.equal(rowShape(128), { lanes: 32, vectors: 1, whole: true });
  assert.equal(rowShape(768), { lanes: 32, vectors: 6, whole: true });
  assert.equal(rowShape(1025), { lanes: 256, vectors: 2, whole: false });
  assert.equal(rowShape(8192), { lanes: 256, vectors: 8, whole: true });
  assert.equal(rowShape(9001), { lanes: 256, vectors: 0, whole: false });
});

test.run();
