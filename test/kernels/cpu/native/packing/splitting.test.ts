import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../../../src/kernels/device.ts';
import { matmulParameters } from '../../../../../src/kernels/matmulParameters.ts';
import { amxOptions, nativeOptions } from '../nativeOptions.ts';

const amx = await Promise.all(Object.values(amxOptions).map((options) => openCpu({ threads: 1, ...options })));
const widest = Object.values(nativeOptions).at(-1);

/** Where b is transposed, its rows are the product's columns. */
async function product(
  device: Device,
  [m, n, k]: readonly number[],
  a: Float32Array,
  b: Float32Array,
  transposed: readonly ('a' | 'b')[] = [],
): Promise<Float32Array> {
  const across = { a: transposed.includes('a'), b: transposed.includes('b') };
  const p = matmulParameters({
    m,
    n,
    k,
    transposeA: across.a,
    transposeB: across.b,
    a: { row: across.a ? m : k },
    b: { row: across.b ? k : n },
    c: { row: n },
  });
  const inputs = { a: device.upload('f32', a), b: device.upload('f32', b) };
  return Float32Array.from(await device.read(device.launch('matmul', inputs, p).c));
}

/** Numbers with all 24 bits, of sizes from 2^-20 to 2^20. */
const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * 12.9898) * 2 ** (((i * 7) % 41) - 20));
const ordinary = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * i * 0.7));

for (const device of amx) {
  test('the three parts of a number are the whole number', async () => {
    const [m, k] = [70, 97];
    const one = new Float32Array(k * k);
    for (let i = 0; i < k; i++) one[i * k + i] = 1;
    const a = numbers(m * k, 1);
    assert.equal(await product(device, [m, k, k], a, one), a);
    assert.equal(await product(device, [k, m, k], one, a.slice(0, k * m)), a.slice(0, k * m));
    const [turned] = [new Float32Array(m * k)];
    for (let i = 0; i < m; i++) for (let j = 0; j < k; j++) turned[j * m + i] = a[i * k + j] ?? NaN;
    assert.equal(await product(device, [m, k, k], turned, one, ['a']), a);
    assert.equal(await product(device, [k, m, k], one, a, ['b']), turned);
  });

  test('products are no less exact than those of fused multiply-add', async () => {
    const fused = await openCpu({ threads: 1, ...widest });
    for (const size of [
      [64, 64, 64],
      [37, 53, 515],
      [40, 33, 4099],
    ] as const) {
      const [m, n, k] = size;
      const [a, b] = [ordinary(m * k, 1), ordinary(k * n, 2)];
      const error = async (of: Device): Promise<number> => {
        let sum = 0;
        for (const [at, value] of (await product(of, size, a, b)).entries()) {
          let exact = 0;
          for (let x = 0; x < k; x++) exact += (a[Math.floor(at / n) * k + x] ?? NaN) * (b[x * n + (at % n)] ?? NaN);
          sum += (value - exact) ** 2;
        }
        return Math.sqrt(sum / (m * n));
      };
      const [ours, theirs] = [await error(device), await error(fused)];
      assert.ok(ours <= 1.1 * theirs, `${m} x ${n} x ${k}: ${ours}, fused ${theirs}`);
    }
    await fused.close();
  });

  test('what is no number, or infinite, spoils its row or column and nothing else', async () => {
    const [m, n, k] = [45, 71, 37];
    const [a, b] = [ordinary(m * k, 3), ordinary(k * n, 4)];
    [a[7 * k + 36], a[40 * k]] = [NaN, -Infinity];
    [b[36 * n + 70], b[5]] = [Infinity, NaN];
    for (const [at, value] of (await product(device, [m, n, k], a, b)).entries()) {
      const [i, j] = [Math.floor(at / n), at % n];
      assert.is(Number.isFinite(value), i !== 7 && i !== 40 && j !== 70 && j !== 5, `[${i}, ${j}] is ${value}`);
    }
  });

  test('what earlier products have left behind never counts', async () => {
    for (const [m, n] of [
      [3, 5], // by one thread
      [300, 1300], // b packed by all
      [200, 700], // rows packed once for all columns
    ] as const)
      for (const transposed of [[], ['a'], ['b'], ['a', 'b']] as const) {
        const filled = (size: number, value: number): Float32Array => new Float32Array(size).fill(value);
        await product(device, [m, n, 96], filled(m * 96, NaN), filled(n * 96, NaN), transposed);
        const found = await product(device, [m, n, 33], filled(m * 33, 1), filled(n * 33, 2), transposed);
        assert.ok(found.every((value) => value === 66), `${m} x ${n} ${transposed.join()}`); // prettier-ignore
      }
  });
}

test.after(async () => {
  for (const device of amx) await device.close();
});

test.run();
