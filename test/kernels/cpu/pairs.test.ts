import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { required } from '../../../src/kernels/contract.ts';
import type { OptionalKernel } from '../../../src/kernels/contract.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { matmulParameters } from '../../../src/kernels/matmulParameters.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { messageOf } from '../../messageOf.ts';
import { toBf16 } from '../bf16.ts';
import { bf16Options } from './native/nativeOptions.ts';
import { differences, kernelNames, TOLERANCE } from '../conformance.ts';
import type { RoundedOperands } from '../conformance.ts';

const reference = openReference();
const devices: Record<string, Device> = {};
for (const [name, options] of Object.entries(bf16Options)) devices[name] = await openCpu({ threads: 2, ...options });
const [EMULATED, NATIVE, AMX] = ['in bf16, emulated', 'in bf16', 'in bf16, by AMX'];

const OPERANDS: Partial<Record<string, readonly string[]>> = {
  matmul: ['a', 'b'],
  linear: ['x', 'weight'],
  linearGelu: ['x', 'weight'],
};
/** Attention also rounds what it computes itself: probabilities and gradients of scores, to 8 bits. */
const rounded: RoundedOperands = {
  operands(kernel, values, parameters) {
    const scale = 'scale' in parameters && kernel === 'matmul' ? Number(parameters.scale) : 1;
    const of = (name: string): number[] =>
      Array.from(values[name] ?? [], (value) => toBf16(Math.fround(value * (name === 'a' ? Math.fround(scale) : 1))));
    const operands = (OPERANDS[kernel] ?? []).map((name) => [name, of(name)]);
    return [{ ...values, ...Object.fromEntries(operands) }, kernel === 'matmul' ? { ...parameters, scale: 1 } : parameters]; // prettier-ignore
  },
  tolerance: (kernel, largest) => (kernel.startsWith('attention') ? 2 ** -7 * largest + 1e-6 : TOLERANCE * largest),
};

for (const [name, device] of Object.entries(devices))
  for (const kernel of kernelNames.filter((kernel) => kernel in required || device.has(kernel as OptionalKernel)))
    test(`${name}: ${kernel} agrees with reference on operands rounded to bf16`, async () => {
      const lines = await differences(kernel, device, reference, undefined, rounded);
      assert.is(lines.length, 0, lines.join('\n'));
    });

/** a @ b where a is (m, k) and b (k, n). */
async function product(device: Device, [m, n, k]: readonly number[], a: ArrayLike<number>, b: ArrayLike<number>) {
  const p = matmulParameters({ m, n, k, a: { row: k }, b: { row: n }, c: { row: n } });
  const inputs = { a: device.upload('f32', a), b: device.upload('f32', b) };
  return Array.from(await device.read(device.launch('matmul', inputs, p).c));
}

const STEP = 2 ** -7; // from one bf16 to the next, from 1 on
test('operands are rounded to the nearest, ties to even; what is no number stays none', async () => {
  const cases: [number, number][] = [
    [1 + STEP / 2, 1],
    [1 + (3 * STEP) / 2, 1 + 2 * STEP],
    [1 + STEP / 2 + 2 ** -20, 1 + STEP],
    [-1 - STEP / 2, -1],
    [-1 - 0.7 * STEP, -1 - STEP],
    [3.4e38, Infinity],
    [-Infinity, -Infinity],
    [NaN, NaN],
  ];
  for (const [name, device] of Object.entries(devices)) {
    const m = cases.length;
    const column = await product(device, [m, 1, 1], cases.map(([value]) => value), [1]); // prettier-ignore
    const row = await product(device, [1, m, 1], [1], cases.map(([value]) => value)); // prettier-ignore
    const expected = cases.map(([, value]) => toBf16(value));
    assert.equal(column, expected, name);
    assert.equal(row, expected, name);
  }
});

test('one number that is none spoils its own row and column only', async () => {
  const [m, n, k] = [29, 41, 21];
  const a = Float32Array.from({ length: m * k }, (_, i) => ((i * 37) % 19) - 9);
  const b = Float32Array.from({ length: k * n }, (_, i) => ((i * 31) % 17) - 8);
  a[13 * k + 20] = NaN;
  b[20 * n + 40] = Infinity;
  for (const [name, device] of Object.entries(devices)) {
    const found = await product(device, [m, n, k], a, b);
    for (const [at, value] of found.entries()) {
      const [i, j] = [Math.floor(at / n), at % n];
      assert.is(Number.isFinite(value), i !== 13 && j !== 40, `${name}: [${i}, ${j}] is ${value}`);
    }
  }
});

test('what an earlier product has left behind never counts', async () => {
  for (const [name, device] of Object.entries(devices))
    for (const [m, n] of [
      [3, 5], // by one thread
      [300, 1300], // b packed by all
    ] as const) {
      await product(device, [m, n, 64], new Float32Array(m * 64).fill(NaN), new Float32Array(64 * n).fill(NaN));
      const found = await product(
        device,
        [m, n, 33],
        new Float32Array(m * 33).fill(1),
        new Float32Array(33 * n).fill(2),
      );
      assert.ok(found.every((value) => value === 66), `${name}: ${m} x ${n}`); // prettier-ignore
    }
});

test('products have the same bits whatever the number of threads; emulated ones those of AVX512_BF16', async () => {
  const sizes = [
    [300, 129, 1031],
    [70, 1300, 33],
    [5, 3, 2],
  ] as const;
  const others: Record<string, Device> = {};
  for (const [name, options] of Object.entries(bf16Options)) others[name] = await openCpu({ ...options, threads: 3 });
  const same = Object.keys(devices).map((name) => [devices[name], others[name]] as [Device, Device]);
  if (devices[NATIVE]) same.push([devices[EMULATED], devices[NATIVE]]);
  for (const [m, n, k] of sizes) {
    const a = Float32Array.from({ length: m * k }, (_, i) => Math.sin(i));
    const b = Float32Array.from({ length: k * n }, (_, i) => Math.cos(3 * i));
    for (const [one, another] of same) {
      const [found, expected] = [await product(one, [m, n, k], a, b), await product(another, [m, n, k], a, b)];
      assert.ok(found.every((value, i) => Object.is(value, expected[i])));
    }
  }
  for (const device of Object.values(others)) await device.close();
});

test('the device says in what it multiplies, and that emulation is slow', () => {
  const emulated = devices[EMULATED];
  assert.match(emulated.description, /products of bf16 emulated in WebAssembly, slow$/);
  assert.is(emulated.real, 'f32');
  if (devices[AMX]) {
    assert.match(devices[AMX].description, /products of bf16 in machine code \(AMX\)/);
    assert.match(devices[AMX].arithmetic, /of bf16, added as AMX does/);
  }
  const native = devices[NATIVE];
  if (!native) return;
  assert.match(
    native.description,
    /products of bf16 in machine code \(AVX512_BF16\)(, slower than those of f32 here)?$/,
  );
  assert.equal([native.products, emulated.products], ['native', 'emulated']);
  assert.is(native.arithmetic, emulated.arithmetic);
});

test('where bf16 cannot be computed it is said what is missing', async () => {
  const refusal = (products: string): Promise<string> =>
    messageOf(() => openCpu({ threads: 1, products, precision: 'bf16', vectorBits: 256 }));
  assert.match(
    await refusal('auto'),
    /^the cpu device cannot compute in bf16 here: (the processor has no AVX512_BF16|there is no code .*|it needs .*); write train\.precision: f32, or cpu\.products: emulated, which is slow/,
  );
  assert.match(await refusal('wasm'), /^products by wasm are not computed in bf16; write cpu\.products: auto/);
  assert.match(
    await messageOf(() => openCpu({ threads: 1, products: 'emulated' })),
    /^only products of bf16 are emulated; write cpu\.products: auto, or train\.precision: bf16/,
  );
});

test.after(async () => {
  for (const device of Object.values(devices)) await device.close();
});

test.run();
