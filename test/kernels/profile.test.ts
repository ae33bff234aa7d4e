import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matmulParameters } from '../../src/kernels/matmulParameters.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { cutProduct } from '../../src/kernels/webgpu/kernels/matmul/matmulTile.ts';
import { openForTests } from './webgpu/openForTests.ts';

const webgpu = await openForTests();
const devices = [openReference(), await openCpu({ threads: 2 }), ...(webgpu ? [webgpu] : [])];
const square = { row: 64 };
const product = matmulParameters({ m: 64, n: 64, k: 64, a: square, b: square, c: square });

for (const device of devices)
  test(`${device.name} reports the cost of each kernel, and only while profiling`, async () => {
    const bytes = device.name === 'reference' ? 8 : 4;
    const a = device.upload('f32', new Float32Array(64 * 64));
    device.launch('add', { a, b: a }, { size: 64 * 64 });
    const uses = await device.profile(async () => {
      for (let i = 0; i < 3; i++) device.free(device.launch('matmul', { a, b: a }, product).c);
      const { y } = device.launch('gather', { table: a, indices: device.upload('i32', [7]) }, gathering);
      await device.read(y);
    });
    assert.equal(uses.map(({ kernel }) => kernel).toSorted(), ['gather', 'matmul']);
    const [gather, matmul] = uses.toSorted((one, other) => (one.kernel < other.kernel ? -1 : 1));
    assert.is(matmul.launches, 3);
    assert.is(matmul.flops, 3 * 2 * 64 ** 3);
    assert.is(matmul.bytes, 3 * 3 * bytes * 64 * 64);
    assert.ok((matmul.milliseconds ?? 0) > 0, 'a product takes time');
    assert.is(gather.bytes, 2 * bytes * 64 + 4, 'of the table only the row that is taken, and its index');
  });

if (webgpu)
  test('webgpu counts the parts of a split sum, which are written and read again', async () => {
    const [m, n, k] = [64, 32, 2048];
    const { splits } = cutProduct(m, n, k, 1);
    assert.is(splits, 4);
    const layouts = { a: { row: k }, b: { row: n }, c: { row: n } };
    const [a, b] = [m * k, k * n].map((size) => webgpu.upload('f32', new Float32Array(size)));
    const [{ bytes }] = await webgpu.profile(async () => {
      await webgpu.read(webgpu.launch('matmul', { a, b }, matmulParameters({ m, n, k, ...layouts })).c);
    });
    assert.is(bytes, 4 * (m * k + k * n + m * n + 2 * splits * m * n));
  });

const gathering = { rows: 1, columns: 64, tableRows: 64 };

test.after(async () => {
  for (const device of devices) await device.close();
});

test.run();
