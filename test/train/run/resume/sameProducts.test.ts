import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDevice } from '../../../../src/kernels/choose.ts';
import type { Device } from '../../../../src/kernels/device.ts';
import { amxOptions } from '../../../kernels/cpu/native/nativeOptions.ts';
import { resolveConfig } from '../../../../src/train/config/resolveConfig.ts';
import type { StoredDevice, TrainingState } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import { withSameProducts } from '../../../../src/train/run/resume/sameProducts.ts';

const reference = await openDevice('reference');
const wasm = await openDevice('cpu', { threads: 1, products: 'wasm' });
const { arithmetic } = wasm;
await wasm.close();

/** A cpu device whose products are by a library. */
function withLibrary(): { device: Device; closed: () => number } {
  let closed = 0;
  const close = (): Promise<void> => Promise.resolve(void (closed += 1));
  return { device: { ...reference, name: 'cpu', arithmetic: 'products by libx', close }, closed: () => closed };
}
const config = (products: string) => resolveConfig(`cpu: { threads: 1, products: ${products} }`, 'x.yaml');
const stateWith = (device: Partial<StoredDevice>): TrainingState => ({
  step: 1,
  device: { name: 'cpu', description: '', arithmetic, products: 'wasm', ...device },
});

test('a run goes on with the products that it was trained with', async () => {
  for (const products of ['wasm', 'native']) {
    const { device, closed } = withLibrary();
    const taken = await withSameProducts(device, config('auto'), stateWith({ products }));
    assert.is(taken.arithmetic, arithmetic);
    assert.is(closed(), 1);
    await taken.close();
  }
});

test('also with AMX, whose bits are its own', async () => {
  for (const options of Object.values(amxOptions)) {
    const amx = await openDevice('cpu', { threads: 1, ...options });
    const was = { products: 'amx', arithmetic: amx.arithmetic };
    const taken = await withSameProducts(withLibrary().device, config('auto'), stateWith(was));
    assert.is(taken.arithmetic, was.arithmetic);
    await amx.close();
    await taken.close();
  }
});

test('but not where it says whose it wants, they are not here, or are none that a checkpoint may name', async () => {
  const stays = async (products: string, was: Partial<StoredDevice>): Promise<void> => {
    const { device, closed } = withLibrary();
    assert.is(await withSameProducts(device, config(products), stateWith(was)), device);
    assert.is(closed(), 0);
  };
  await stays('blas', {});
  await stays('auto', { arithmetic: 'products of another version' });
  await stays('auto', { products: 'libmkl_rt.so.2', arithmetic: 'products by MKL' });
  await stays('auto', { products: './x.so', arithmetic: 'products by x.so' });
  await stays('auto', { name: 'webgpu' });
});

test.run();
