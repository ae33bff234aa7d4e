import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { required } from '../../../src/kernels/contract.ts';
import type { OptionalKernel } from '../../../src/kernels/contract.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { fromHalves, toHalves } from '../../../src/kernels/webgpu/half.ts';
import { differences, kernelNames } from '../conformance.ts';
import type { Reals } from '../conformance.ts';
import { openForTests } from './openForTests.ts';

const webgpu = await openForTests({ precision: 'f16' });
const reference = openReference();

/** Which arrays are f16: those of activations, as in a step, and two halves of the alphabet, so that each type meets each. */
const mixtures: Record<string, Reals> = {
  'all in f16': () => 'f16',
  'some in f16': (name) => (name.charCodeAt(name.length - 1) % 2 === 0 ? 'f16' : 'f32'),
  'the others in f16': (name) => (name.charCodeAt(name.length - 1) % 2 === 1 ? 'f16' : 'f32'),
};

if (webgpu) {
  for (const kernel of kernelNames)
    if (kernel in required || webgpu.has(kernel as OptionalKernel))
      for (const [mixture, reals] of Object.entries(mixtures))
        test(`webgpu in half precision: ${kernel}, ${mixture}, agrees with reference`, async () => {
          const lines = await differences(kernel, webgpu, reference, reals);
          assert.is(lines.length, 0, lines.join('\n'));
        });
  test.after(() => webgpu.close());
}

test('halves are the nearest, the even ones of two, and keep what is no number', () => {
  // All 65536 of them stand for themselves, in both directions.
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const values = fromHalves(all);
  const back = toHalves(values);
  for (const half of all)
    if (Number.isNaN(values[half])) assert.is((back[half] & 0x7fff) > 0x7c00, true, `${half}`);
    else assert.is(back[half], half, `${values[half]}`);
  // Halfway between two neighbours lies the even one, a little off it the nearer.
  for (let half = 0; half < 0x7bff; half++) {
    const middle = (values[half] + values[half + 1]) / 2;
    const even = half % 2 === 0 ? half : half + 1;
    assert.equal(
      [...toHalves([middle, middle * (1 - 2 ** -20), middle * (1 + 2 ** -20), -middle])],
      [even, half, half + 1, even + 0x8000],
    );
  }
  assert.equal([...toHalves([65519, 65520, -1e9, Infinity])], [0x7bff, 0x7c00, 0xfc00, 0x7c00]);
  assert.equal([...toHalves([1, 2, 3])], [0x3c00, 0x4000, 0x4200, 0]);
});

test.run();
