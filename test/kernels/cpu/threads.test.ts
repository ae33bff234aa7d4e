import { spawnSync } from 'node:child_process';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matmulParameters } from '../../../src/kernels/matmulParameters.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { CpuOptions } from '../../../src/kernels/cpu/index.ts';
import type { Device, DeviceArray } from '../../../src/kernels/device.ts';
import { BertrandError } from '../../../src/error.ts';
import { libraries } from './libraries.ts';
import { amxOptions, bf16Options, nativeOptions } from './native/nativeOptions.ts';

/** Runs kernels on arrays large enough for many chunks; returns all their outputs. */
async function everything(device: Device): Promise<Record<string, ArrayLike<number>>> {
  const [rows, columns] = [700, 130];
  const size = rows * columns;
  const random = seedrandom('threads');
  const floats = (count: number): DeviceArray<'f32'> =>
    device.upload(
      'f32',
      Float32Array.from({ length: count }, () => 2 * random() - 1),
    );
  const [x, dy, long, short] = [floats(size), floats(size), floats(rows), floats(columns)];
  const table = { rows, columns };
  const norm = { ...table, epsilon: 1e-5, unbiased: 0 };
  const labels = device.upload(
    'i32',
    Int32Array.from({ length: rows }, (_, i) => (i * 37) % columns),
  );
  const order = device.upload(
    'i32',
    Int32Array.from({ length: rows }, (_, i) => (i * 3) % rows),
  );
  const offsets = device.upload('i32', Int32Array.from([0, 10, 10, 600, rows]));
  const product = (m: number, n: number, k: number, transposeA: boolean, transposeB: boolean): DeviceArray => {
    const strides = { a: { row: transposeA ? m : k }, b: { row: transposeB ? k : n }, c: { row: n } };
    const p = matmulParameters({ m, n, k, transposeA, transposeB, ...strides });
    return device.launch('matmul', { a: x, b: dy }, p).c;
  };
  const vectors = { row: 10, outer: 7000, inner: 70 };
  const squares = { row: 7, outer: 90 * 49, inner: 49 };
  const batch = { m: 7, n: 7, k: 10, transposeB: true, outer: 12, inner: 90 };
  const heads = matmulParameters({ ...batch, a: vectors, b: vectors, c: squares });
  const normalised = device.launch('layerNorm', { x, gamma: short, beta: short }, norm);
  const statistics = { mean: normalised.mean, inverse: normalised.inverse };
  const entropy = device.launch('crossEntropy', { logits: x, labels }, table);
  const weights = floats(size);
  const moments = { firstMoment: floats(size), secondMoment: device.launch('softmax', { x }, table).y };
  const { y: squaredNorm } = device.launch('sumSquares', { x }, { size });
  const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.1, clipNorm: 1 };
  const step = { size, decayed: 777, correction1: 0.1, correction2: 0.02, ...rates };
  device.launch('adamw', { weights, gradients: x, ...moments, squaredNorm }, step);
  const outputs: Record<string, DeviceArray> = {
    'matmul, few rows': product(5, 127, 700, true, false),
    'matmul, long k': product(131, 66, 690, false, true),
    'matmul, k in spans': product(41, 40, 2200, true, false),
    'matmul, both transposed': product(300, 297, 300, true, true),
    'matmul, long k, a transposed': product(77, 82, 1100, true, false),
    'matmul, long k, b transposed': product(41, 40, 2200, false, true),
    'matmul, plain': product(299, 300, 301, false, false),
    'matmul, heads': device.launch('matmul', { a: x, b: dy }, heads).c,
    linear: device.launch('linear', { x, weight: dy, bias: long }, { rows, inputs: columns, outputs: rows, layers: 1 })
      .y,
    add: device.launch('add', { a: x, b: dy }, { size }).y,
    sum: device.launch('sum', { x }, { size, scale: 1 }).y,
    sumSquares: squaredNorm,
    sumRows: device.launch('sumRows', { x }, table).y,
    gelu: device.launch('gelu', { x }, { size, tanh: 0 }).y,
    dropout: device.launch('dropout', { x }, { size, rate: 0.1, keyHigh: 1, keyLow: 2 }).y,
    softmax: moments.secondMoment,
    ...normalised,
    layerNormBackward: device.launch('layerNormBackward', { x, gamma: short, dy, ...statistics }, norm).dx,
    ...device.launch('layerNormParameterGradients', { x, dy, ...statistics }, table),
    scatterSum: device.launch('scatterSum', { dy, order, offsets }, { rows: 4, columns, count: rows }).dtable,
    gather: device.launch('gather', { table: dy, indices: labels }, { rows, columns, tableRows: rows }).y,
    ...entropy,
    ...fusedKernels(device, x, dy, short),
    argmax: device.launch('argmax', { x }, table).indices,
    weights,
  };
  const read: Record<string, ArrayLike<number>> = {};
  for (const [name, array] of Object.entries(outputs)) read[name] = await device.read(array);
  return read;
}

/** The fused kernels, at sizes of several chunks. */
function fusedKernels(
  device: Device,
  x: DeviceArray,
  dy: DeviceArray,
  short: DeviceArray,
): Record<string, DeviceArray> {
  const mask = { rate: 0.2, keyHigh: 3, keyLow: 4 };
  const size = { size: 91_000, ...mask };
  const norm = { rows: 700, columns: 130, epsilon: 1e-5, unbiased: 0, ...mask };
  const wide = { batch: 2, heads: 5, length: 350, headSize: 26, scale: 0.2, ...mask };
  const spans = device.upload(
    'i32',
    Int32Array.from({ length: 1400 }, (_, i) => (i % 2 === 0 ? 0 : 150) + (i % 700 < 300 ? 0 : 150 + (i % 2) * 50)),
  );
  const linear = { rows: 700, inputs: 130, outputs: 130, tanh: 1, ...mask };
  const attended = { query: x, key: dy, value: x, spans };
  const attention = device.launch('attention', attended, wide);
  const sum = device.launch('dropoutAddLayerNorm', { x, residual: dy, gamma: short, beta: short }, norm);
  const back = { sum: sum.sum, gamma: short, mean: sum.mean, inverse: sum.inverse, dy, dsum: x };
  const outputs = {
    attention,
    attentionBackward: device.launch('attentionBackward', { ...attended, ...attention, dcontext: dy }, wide),
    linearGelu: device.launch('linearGelu', { x, weight: dy, bias: short }, linear),
    geluDropoutBackward: device.launch('geluDropoutBackward', { x, dy }, { tanh: 0, ...size }),
    dropoutAdd: device.launch('dropoutAdd', { x, residual: dy }, size),
    dropoutAddLayerNorm: sum,
    dropoutAddLayerNormBackward: device.launch('dropoutAddLayerNormBackward', back, { ...norm, addSum: 1 }),
  };
  return Object.fromEntries(
    Object.entries<Record<string, DeviceArray>>(outputs).flatMap(([kernel, arrays]) =>
      Object.entries(arrays).map(([name, array]) => [`${kernel}, ${name}`, array]),
    ),
  );
}

const builds: Record<string, CpuOptions> = {
  'without fused multiply-add': { products: 'wasm', fusedMultiplyAdd: false },
  'with fused multiply-add': { products: 'wasm' },
  ...nativeOptions,
  ...amxOptions,
  ...bf16Options,
  'in wide tiles': { products: 'wasm', tile: 'wide' },
  ...Object.fromEntries(libraries.map((blas) => [`with ${blas}`, { products: blas }])),
};
for (const [name, options] of Object.entries(builds))
  test(`any number of threads gives the same bits ${name}`, async () => {
    const results = [];
    for (const threads of [1, 2, 3, 4, 8]) {
      const device = await openCpu({ threads, ...options });
      await everything(device); // by the second time the workers are up
      results.push(await everything(device));
      await device.close();
    }
    const [one, ...others] = results;
    for (const other of others)
      for (const [name, values] of Object.entries(one ?? {}))
        assert.ok(
          Array.from(values).every((value, i) => Object.is(value, other[name]?.[i])),
          name,
        );
  });

test('our own products have the same bits in narrow and wide tiles and in machine code', async () => {
  const results = [];
  const own: CpuOptions[] = [
    { products: 'wasm', tile: 'narrow' },
    { products: 'wasm', tile: 'wide' },
    ...Object.values(nativeOptions),
  ];
  for (const options of own) {
    const device = await openCpu({ threads: 1, ...options });
    assert.is(device.description.includes('wide tiles'), options.tile === 'wide');
    assert.is(device.description.includes('machine code'), options.products === 'native');
    results.push(await everything(device));
    await device.close();
  }
  const [narrow, ...others] = results;
  for (const other of others)
    for (const [name, values] of Object.entries(narrow ?? {})) assert.equal(other[name], values, name);
});

test('the two builds differ by rounding only', async () => {
  const own = { threads: 1, products: 'wasm' };
  const [plain, fused] = [await openCpu({ ...own, fusedMultiplyAdd: false }), await openCpu(own)];
  assert.match(fused.description, /1 thread, .* with fused multiply-add/);
  assert.not.match(plain.description, /fused/);
  const [a, b] = [await everything(plain), await everything(fused)];
  let different = 0;
  for (const [name, values] of Object.entries(a)) {
    const scale = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let i = 0; i < values.length; i++) {
      const difference = Math.abs((values[i] ?? NaN) - (b[name]?.[i] ?? NaN));
      assert.ok(difference <= 3e-6 * scale, `${name}[${i}] differs by ${difference}`);
      if (difference > 0) different += 1;
    }
  }
  assert.ok(different > 1000, 'fused multiply-add was not used');
  await plain.close();
  await fused.close();
});

test('an invalid number of threads is refused', async () => {
  for (const threads of [0, -1, 1.5, NaN])
    await openCpu({ threads }).then(
      () => assert.unreachable(),
      (error: Error) => assert.ok(error instanceof BertrandError && error.message.includes(`${threads} threads`)),
    );
});

test('an idle pool sleeps', async () => {
  const device = await openCpu({ threads: 3 });
  const x = device.allocate('f32', 1e6);
  for (let i = 0; i < 20; i++) device.launch('add', { a: x, b: x }, { size: 1e6 }, { y: x });
  let least = Infinity; // of several windows, since the engine may be compiling in the first
  for (let window = 0; window < 20 && least > 20_000; window++) {
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  assert.ok(least <= 20_000, `${least} microseconds in 300 ms`);
  await device.close();
});

/** How a program ends that opens a device and computes. */
function program(end: string): { status: number | null; seconds: number } {
  const index = JSON.stringify(new URL('../../../src/kernels/cpu/index.ts', import.meta.url));
  const code = `const { openCpu } = await import(${index}); const d = await openCpu({ threads: 3 });
    const x = d.allocate('f32', 1e6); d.launch('add', { a: x, b: x }, { size: 1e6 }); ${end}`;
  const start = performance.now();
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    timeout: 60_000,
  });
  return { status, seconds: (performance.now() - start) / 1000 };
}

test('a program ends by itself after close, and without', () => {
  assert.is(program('await d.close()').status, 0);
  assert.is(program('').status, 0);
});

test.run();
