// Measures the cpu device: GFLOP/s of matmul, GB/s of the row kernels, on one thread and on all. Best of many runs.
// node --import tsx scripts/bench-kernels.ts [--own] [--plain]: in WebAssembly, without fused multiply-add
import { openCpu } from '../src/kernels/cpu/index.ts';
import { matmulParameters } from '../src/kernels/matmulParameters.ts';
import type { Device, DeviceArray } from '../src/kernels/device.ts';

type Job = (device: Device, floats: (size: number) => DeviceArray) => { work: number; run: () => void };

const product =
  (m: number, n: number, k: number, transposeA = false, transposeB = false): Job =>
  (device, floats) => {
    const strides = { a: { row: transposeA ? m : k }, b: { row: transposeB ? k : n }, c: { row: n } };
    const p = matmulParameters({ m, n, k, transposeA, transposeB, ...strides });
    const arrays = { a: floats(m * k), b: floats(k * n) };
    const out = { c: floats(m * n) };
    return { work: 2 * m * n * k, run: () => void device.launch('matmul', arrays, p, out) };
  };

/** Scores (LLQ @ LLK') and context (softmax @ LLV) of heads inside (batch, length, ES). */
const heads =
  (batch: number, count: number, length: number, size: number, context: boolean): Job =>
  (device, floats) => {
    const columns = { row: count * size, outer: length * count * size, inner: size };
    const square = { row: length, outer: count * length * length, inner: length * length };
    const shape = context
      ? { m: length, n: size, k: length, a: square, b: columns, c: columns }
      : { m: length, n: length, k: size, transposeB: true, a: columns, b: columns, c: square };
    const p = matmulParameters({ ...shape, outer: batch, inner: count });
    const wide = floats(batch * length * count * size);
    const scores = floats(batch * count * length * length);
    const arrays = { a: context ? scores : wide, b: floats(batch * length * count * size) };
    const out = { c: context ? wide : scores };
    return {
      work: 2 * batch * count * length * length * size,
      run: () => void device.launch('matmul', arrays, p, out),
    };
  };

/** Fused attention of 16 x 128 tokens in 4 heads of 64, forward or back. */
const fusedAttention =
  (back: boolean): Job =>
  (device, floats) => {
    const p = { batch: 16, heads: 4, length: 128, headSize: 64, scale: 0.125, rate: 0.1, keyHigh: 1, keyLow: 2 };
    const size = p.batch * p.length * p.heads * p.headSize;
    const spans = device.upload(
      'i32',
      Int32Array.from({ length: 2 * p.batch * p.length }, (_, i) => (i % 2) * p.length),
    );
    const inputs = { query: floats(size), key: floats(size), value: floats(size), spans };
    const outputs = { context: floats(size), logSumExp: floats(p.batch * p.heads * p.length) };
    const gradients = { dquery: floats(size), dkey: floats(size), dvalue: floats(size) };
    device.launch('attention', inputs, p, outputs);
    const given = { ...inputs, ...outputs, dcontext: floats(size) };
    return {
      work: (back ? 10 : 4) * size * p.length,
      run: () =>
        back
          ? void device.launch('attentionBackward', given, p, gradients)
          : void device.launch('attention', inputs, p, outputs),
    };
  };

const [ROWS, COLUMNS] = [2048, 512];
const SIZE = ROWS * COLUMNS;
/** A row kernel over (2048, 512); `passes` arrays of that size are read or written. */
const row =
  (passes: number, make: (device: Device, x: DeviceArray, y: DeviceArray, small: DeviceArray) => () => void): Job =>
  (device, floats) => ({ work: 4 * passes * SIZE, run: make(device, floats(SIZE), floats(SIZE), floats(ROWS)) });

const table = { rows: ROWS, columns: COLUMNS };
const norm = { ...table, epsilon: 1e-5, unbiased: 0 };
const jobs: Record<string, Job> = {
  'matmul 512^3': product(512, 512, 512),
  'matmul 1024^3': product(1024, 1024, 1024),
  'matmul 1024^3, b transposed': product(1024, 1024, 1024, false, true),
  'matmul 2048x256x1024 (m, k, n)': product(2048, 1024, 256),
  'weight gradient 256x2048x256': product(256, 256, 2048, true),
  'weight gradient 1024x2048x256': product(1024, 256, 2048, true),
  'scores 32 x 4 heads of 128x32': heads(32, 4, 128, 32, false),
  'context 32 x 4 heads of 128x32': heads(32, 4, 128, 32, true),
  'scores 32 x 4 heads of 64x64': heads(32, 4, 64, 64, false),
  'fused attention': fusedAttention(false),
  'fused attention, backward': fusedAttention(true),
  'matrix x vector 2048x1024': product(2048, 1, 1024),
  'vector x matrix 1024x2048': product(1, 2048, 1024),
  add: row(3, (d, x, y) => () => void d.launch('add', { a: x, b: x }, { size: SIZE }, { y })),
  gelu: row(2, (d, x, y) => () => void d.launch('gelu', { x }, { size: SIZE, tanh: 0 }, { y })),
  'gelu tanh': row(2, (d, x, y) => () => void d.launch('gelu', { x }, { size: SIZE, tanh: 1 }, { y })),
  geluBackward: row(
    3,
    (d, x, y) => () => void d.launch('geluBackward', { x, dy: x }, { size: SIZE, tanh: 0 }, { dx: y }),
  ),
  dropout: row(2, (d, x, y) => {
    const p = { size: SIZE, rate: 0.1, keyHigh: 1, keyLow: 2 };
    return () => void d.launch('dropout', { x }, p, { y });
  }),
  dropoutAddLayerNorm: row(4, (d, x, y, s) => {
    const p = { ...norm, rate: 0.1, keyHigh: 1, keyLow: 2 };
    const outputs = {
      sum: d.allocate('f32', SIZE),
      y,
      mean: d.allocate('f32', ROWS),
      inverse: d.allocate('f32', ROWS),
    };
    return () => void d.launch('dropoutAddLayerNorm', { x, residual: x, gamma: s, beta: s }, p, outputs);
  }),
  softmax: row(2, (d, x, y) => () => void d.launch('softmax', { x }, table, { y })),
  softmaxBackward: row(3, (d, x, y) => () => void d.launch('softmaxBackward', { y: x, dy: x }, table, { dx: y })),
  layerNorm: row(2, (d, x, y, s) => {
    const out = { y, mean: d.allocate('f32', ROWS), inverse: d.allocate('f32', ROWS) };
    return () => void d.launch('layerNorm', { x, gamma: s, beta: s }, norm, out);
  }),
  layerNormBackward: row(3, (d, x, y, s) => {
    const inputs = { x, gamma: s, mean: s, inverse: s, dy: x };
    return () => void d.launch('layerNormBackward', inputs, norm, { dx: y });
  }),
  layerNormParameterGradients: row(2, (d, x, y, s) => {
    const out = { dgamma: d.allocate('f32', COLUMNS), dbeta: d.allocate('f32', COLUMNS) };
    return () => void d.launch('layerNormParameterGradients', { x, mean: s, inverse: s, dy: y }, table, out);
  }),
  sumRows: row(1, (d, x, _, s) => () => void d.launch('sumRows', { x }, table, { y: s })),
  sumSquares: row(1, (d, x, _, s) => () => void d.launch('sumSquares', { x }, { size: SIZE }, { y: s })),
  crossEntropy: row(1, (d, x) => {
    const out = { losses: d.allocate('f32', ROWS), logSumExp: d.allocate('f32', ROWS) };
    const labels = d.allocate('i32', ROWS);
    return () => void d.launch('crossEntropy', { logits: x, labels }, table, out);
  }),
  adamw: row(7, (d, x, y, s) => {
    const rates = { learningRate: 1e-3, beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.01 };
    const p = { size: SIZE, decayed: SIZE / 2, correction1: 1, correction2: 1, clipNorm: 1, ...rates };
    const moments = { firstMoment: d.allocate('f32', SIZE), secondMoment: d.allocate('f32', SIZE) };
    return () => void d.launch('adamw', { weights: y, gradients: x, ...moments, squaredNorm: s }, p);
  }),
};

function rate(device: Device, job: Job): number {
  const arrays: DeviceArray[] = [];
  const { work, run } = job(device, (size) => {
    const values = Float32Array.from({ length: size }, (_, i) => Math.abs(Math.sin(i)));
    const array = device.upload('f32', values);
    arrays.push(array);
    return array;
  });
  let best = Infinity;
  const repeats = Math.max(1, Math.round(4e6 / work));
  for (const end = performance.now() + 300; performance.now() < end;) {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) run();
    device.hostView(arrays[0]); // which waits
    best = Math.min(best, (performance.now() - start) / repeats);
  }
  for (const array of arrays) device.free(array);
  return work / best / 1e6;
}

const fusedMultiplyAdd = !process.argv.includes('--plain');
const products = process.argv.includes('--own') ? 'wasm' : 'auto';
const one = await openCpu({ threads: 1, fusedMultiplyAdd, products });
const all = await openCpu({ fusedMultiplyAdd, products });
console.log(`${all.description}\n${''.padEnd(34)}1 thread       all`);
for (const [name, job] of Object.entries(jobs)) {
  const unit = /^[a-z]+( tanh)?$/i.test(name) ? 'GB/s' : 'GFLOP/s';
  const [single, pool] = [rate(one, job), rate(all, job)].map((value) => value.toFixed(1).padStart(8));
  console.log(`${name.padEnd(34)}${single}  ${pool}  ${unit}`);
}
await one.close();
await all.close();
