import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matmulParameters } from '../../../src/kernels/matmulParameters.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { cutProduct, tiles } from '../../../src/kernels/webgpu/kernels/matmul/matmulTile.ts';
import { openForTests } from './openForTests.ts';

const webgpu = await openForTests();
const reference = openReference();

type Product = Parameters<typeof matmulParameters>[0];
const plain = (m: number, n: number, k: number, transposeA = false, transposeB = false): Product => ({
  m,
  n,
  k,
  transposeA,
  transposeB,
  scale: 0.5,
  a: { row: transposeA ? m : k },
  b: { row: transposeB ? k : n },
  c: { row: n },
});

async function multiply(device: Device, product: Product): Promise<ArrayLike<number>> {
  const { m, n, k, outer = 1, inner = 1 } = product;
  const values = (size: number, step: number): Float32Array =>
    Float32Array.from({ length: size }, (_, i) => ((i * step) % 17) / 17 - 0.5);
  const arrays = {
    a: device.upload('f32', values(m * k * outer * inner, 5)),
    b: device.upload('f32', values(n * k * outer * inner, 7)),
  };
  const { c } = device.launch('matmul', arrays, matmulParameters(product));
  const result = await device.read(c);
  for (const array of [arrays.a, arrays.b, c]) device.free(array);
  return result;
}

/** Each tile with multiples of four and with odd sizes, and a split sum. */
const products: Record<string, Product> = {
  'tiles of 128': plain(2048, 1024, 20),
  'tiles of 128, odd sizes': plain(2047, 1025, 19, true, true),
  'tiles of 64': plain(640, 832, 36, true),
  'tiles of 64, odd sizes': plain(641, 831, 35, false, true),
  'tiles of 32 in parts': plain(96, 128, 1100, true),
  'heads in parts': {
    ...plain(20, 12, 1100),
    outer: 2,
    inner: 3,
    a: { row: 1100, outer: 3 * 20 * 1100, inner: 20 * 1100 },
    b: { row: 36, outer: 1100 * 36, inner: 12 },
    c: { row: 36, outer: 20 * 36, inner: 12 },
  },
};

if (webgpu) {
  for (const [name, product] of Object.entries(products))
    test(`webgpu: ${name} agree with reference`, async () => {
      const found = await multiply(webgpu, product);
      const expected = await multiply(reference, product);
      let [worst, largest] = [0, 0];
      for (let i = 0; i < expected.length; i++) {
        worst = Math.max(worst, Math.abs(found[i] - expected[i]));
        largest = Math.max(largest, Math.abs(expected[i]));
      }
      assert.ok(largest > 0.1 && worst <= 3e-6 * largest, `off by ${worst} of ${largest}`);
    });

  test('webgpu: the tuner tries every tile on a product, and all give the same bits', async () => {
    const product = plain(260, 264, 1100, true); // large enough for all, and a sum in parts
    assert.is(cutProduct(260, 264, 1100, 1).ways.length, tiles.length);
    const first = await multiply(webgpu, product);
    for (let i = 1; i < 12; i++) assert.equal(await multiply(webgpu, product), first);
  });

  test('webgpu: the sums for bias gradients have the same bits with every tile', async () => {
    const sizes = { rows: 1100, inputs: 264, outputs: 260, layers: 1 };
    const [x, dy] = [sizes.inputs, sizes.outputs].map((columns) =>
      webgpu.upload(
        'f32',
        Float32Array.from({ length: sizes.rows * columns }, (_, i) => Math.sin(i)),
      ),
    );
    const gradients = async (): Promise<ArrayLike<number>[]> => {
      const { dweight, dbias } = webgpu.launch('linearParameterGradients', { x, dy }, sizes);
      const found = [await webgpu.read(dweight), await webgpu.read(dbias)];
      for (const array of [dweight, dbias]) webgpu.free(array);
      return found;
    };
    const first = await gradients();
    for (let i = 1; i < 12; i++) assert.equal(await gradients(), first);
  });
  test.after(() => webgpu.close());
}

test('the cases above are cut as intended', () => {
  const cuts = Object.values(products).map(({ m, n, k, outer = 1, inner = 1 }) => cutProduct(m, n, k, outer * inner));
  assert.equal(
    cuts.map(({ ways, splits }) => [tiles[ways[0]].side, splits]),
    [
      [128, 1],
      [128, 1],
      [64, 1],
      [64, 1],
      [32, 2],
      [32, 2],
    ],
  );
});

test('the gradients of three weights of 768 x 768 from 4096 tokens are sums in two parts, from halves in one', () => {
  assert.is(cutProduct(768, 768, 4096, 3).splits, 2);
  assert.is(cutProduct(768, 768, 4096, 3, 'f16').splits, 1);
});

test('the parts of a split sum cover it', () => {
  for (const k of [1, 511, 512, 1023, 1024, 1025, 5000, 65536]) {
    const { splits, splitDepth } = cutProduct(64, 64, k, 1);
    assert.ok(splits * splitDepth >= k && (splits - 1) * splitDepth < k, `${k}: ${splits} of ${splitDepth}`);
  }
});

test.run();
