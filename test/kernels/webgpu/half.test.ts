import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { required } from '../../../src/kernels/contract.ts';
import type { OptionalKernel } from '../../../src/kernels/contract.ts';
import { compareWithReference } from '../../../src/autograd/check/compareDevices.ts';
import { opChecks } from '../../../src/autograd/check/opChecks.ts';
import { gather } from '../../../src/autograd/ops/gather.ts';
import { linear } from '../../../src/autograd/ops/linear.ts';
import { sum } from '../../../src/autograd/ops/arithmetic/sum.ts';
import { Parameter } from '../../../src/autograd/parameters/parameter.ts';
import { Tape } from '../../../src/autograd/tape.ts';
import { boxChecks } from '../../../src/bert/boxChecks.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { fromHalves, toHalves } from '../../../src/kernels/half.ts';
import { differences, kernelNames } from '../conformance.ts';
import type { Reals } from '../conformance.ts';
import { openForTests } from './openForTests.ts';

const webgpu = await openForTests({ precision: 'f16' });
const reference = openReference();

/** Which real arrays are f16. Required kernels take types that mix, here either half of them by name; ops and boxes have all in f16. */
const all: Record<string, Reals> = { 'all in f16': () => 'f16' };
const mixtures: Record<string, Reals> = {
  'some in f16': (name) => (name.charCodeAt(name.length - 1) % 2 === 0 ? 'f16' : 'f32'),
  'the others in f16': (name) => (name.charCodeAt(name.length - 1) % 2 === 1 ? 'f16' : 'f32'),
};

if (webgpu) {
  for (const kernel of kernelNames)
    if (kernel in required || webgpu.has(kernel as OptionalKernel))
      for (const [mixture, reals] of Object.entries(kernel in required ? mixtures : all))
        test(`webgpu in half precision: ${kernel}, ${mixture}, agrees with reference`, async () => {
          const lines = await differences(kernel, webgpu, reference, reals);
          assert.is(lines.length, 0, lines.join('\n'));
        });

  for (const check of [...opChecks, ...boxChecks])
    test(`webgpu in half precision: ${check.name} and its gradients agree with reference`, async () => {
      const { error, message } = await compareWithReference(check, webgpu, reference);
      assert.ok(error <= 1, message);
    });

  test('the gradients of parameters are f32, even if they accumulate or have two sources', async () => {
    const table = Parameter.of(webgpu, 'table', [3, 4], new Float32Array(12).fill(1));
    const slope = (1 + 2 ** -10) / 3; // three of it are a half, four are none, nor are nine
    for (let pass = 0; pass < 2; pass++) {
      const tape = new Tape(webgpu);
      const rows = gather(table, tape.input(Int32Array.of(0, 2, 2, 2), [4])); // (4, 4)
      tape.backward(sum(linear(rows, table), slope)); // (4, 3)
    }
    const found = await table.readGradient();
    const taken = [1, 0, 3];
    for (const [i, value] of found.entries()) {
      const expected = 2 * (4 * slope + 3 * slope * taken[Math.floor(i / 4)]);
      assert.ok(Math.abs(value - expected) < 1e-6, `[${i}] is ${value}, expected ${expected}`);
    }
  });

  test('arrays of an odd number of halves are written, read, viewed and filled to the end', async () => {
    for (const size of [1, 3, 5, 127, 1001]) {
      const values = Array.from({ length: size }, (_, i) => i / 8);
      const x = webgpu.upload('f16', values);
      assert.equal([...(await webgpu.read(x))], values);
      const { y } = webgpu.launch('add', { a: x, b: x }, { size });
      assert.is(y.type, 'f16');
      assert.equal(
        [...(await webgpu.read(y))].slice(0, size),
        values.map((value) => 2 * value),
      );
    }
    const whole = webgpu.allocate('f16', 400);
    assert.throws(() => webgpu.view(whole, 64, 3), /out of range or misaligned/);
    const part = webgpu.view(whole, 128, 3);
    webgpu.write(part, [1, 2, 3]);
    webgpu.launch('fill', {}, { size: 3, value: 7 }, { y: webgpu.view(whole, 256, 3) });
    const expected = [...new Float32Array(400)];
    expected.splice(128, 3, 1, 2, 3);
    expected.splice(256, 3, 7, 7, 7);
    assert.equal([...(await webgpu.read(whole))], expected);
  });

  test('an array whose type a kernel cannot read is refused', () => {
    const x = webgpu.allocate('f16', 4);
    assert.throws(() => webgpu.launch('sumSquares', { x }, { size: 4 }), /x must be 4 x f32, found 4 x f16/);
  });

  test.after(() => webgpu.close());
}

test('conversion to half rounds to nearest, ties to even, and keeps NaN', () => {
  // All 65536 halves survive a round trip.
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const values = fromHalves(all);
  const back = toHalves(values);
  for (const half of all)
    if (Number.isNaN(values[half])) assert.is((back[half] & 0x7fff) > 0x7c00, true, `${half}`);
    else assert.is(back[half], half, `${values[half]}`);
  // Halfway between two neighbours the even one is chosen, and otherwise the nearer one.
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
