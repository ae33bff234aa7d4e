import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../../src/error.ts';
import type { Blas, BlasFinder } from '../../../src/kernels/cpu/blas/blas.ts';
import { Arena } from '../../../src/kernels/cpu/engine/arena.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Native } from '../../../src/kernels/cpu/native/native.ts';
import { tiles } from '../../../src/kernels/cpu/native/tiles/kinds.ts';
import { chooseProducts } from '../../../src/kernels/cpu/products/chooseProducts.ts';
import type { Candidates } from '../../../src/kernels/cpu/products/chooseProducts.ts';
import type { Products } from '../../../src/kernels/cpu/products/products.ts';
import { messageOf } from '../../messageOf.ts';
import { amxOptions, nativeOptions } from './native/nativeOptions.ts';
import { plainSgemm } from './plainSgemm.ts';

const arena = new Arena(false);
const native: Native = {
  name: 'AVX2',
  tile: tiles[256],
  passes: false,
  multiplyTiles() {},
  share: { koffi: '', code: 0n },
};
const blas: Blas = { name: 'liba', sgemm: plainSgemm(arena), share: { koffi: '', library: 'liba' } };
const withBlas: BlasFinder = {
  libraries: ['liba'],
  advice: 'install one',
  open: (name) => (name === 'liba' ? blas : undefined),
};
const none: BlasFinder = { ...withBlas, libraries: [] };

/** A machine on which machine code and a BLAS are there, right and fast, but for what is said. */
const machine = (but: Partial<Candidates> = {}): Candidates => ({
  native,
  nativeFault: () => undefined,
  nativeFaster: () => true,
  amx: 'the processor has no AMX',
  amxFault: () => undefined,
  amxFaster: () => true,
  findBlas: () => withBlas,
  blasFaster: () => true,
  ...but,
});
const auto = (but: Partial<Candidates>): string => chooseProducts('auto', machine(but), arena).remark;
const slow = (): boolean => false;

test('auto takes machine code if it is faster, and then looks for no BLAS', () => {
  const findBlas = (): never => {
    throw new Error('one was looked for');
  };
  assert.is(auto({ findBlas }), 'products in machine code (AVX2)');
});

test('auto takes AMX if it is right and faster than other machine code', () => {
  const amx: Native = { ...native, name: 'AMX', tile: tiles.split };
  const ofAmx = 'products in machine code (AMX)';
  const others = 'products in machine code (AVX2)';
  assert.is(auto({ amx }), ofAmx);
  assert.is(auto({ amx, amxFaster: slow }), others);
  assert.is(auto({ amx, amxFault: () => 'wrong product' }), others);
  assert.is(auto({ amx, native: 'it needs koffi' }), 'products by liba');
  assert.is(chooseProducts('amx', machine({ amx, amxFaster: slow }), arena).native, amx);
  assert.is(chooseProducts('native', machine({ amx }), arena).native, native);
});

test('without machine code, auto takes a BLAS that beats WebAssembly', () => {
  assert.is(auto({ nativeFaster: slow }), 'products by liba');
  assert.is(auto({ native: 'it needs koffi' }), 'products by liba');
  assert.match(
    auto({ nativeFaster: slow, blasFaster: slow }),
    /^products in WebAssembly .*; no BLAS: liba is not faster/,
  );
});

test('auto says why it takes WebAssembly', () => {
  const alone = { findBlas: () => none };
  const because = (reason: string): string =>
    `products in WebAssembly (no machine code: ${reason}); no BLAS: install one for faster products`;
  assert.is(auto({ ...alone, nativeFaster: slow }), because('it is not faster'));
  assert.is(auto({ ...alone, nativeFault: () => 'wrong product' }), because('wrong product'));
  assert.is(auto({ ...alone, native: 'it needs koffi' }), because('it needs koffi'));
});

test('what is asked for by name is taken whatever is faster, and nothing else is tried', () => {
  const untried = (): never => {
    throw new Error('it was tried');
  };
  const without = { nativeFaster: untried, blasFaster: untried };
  const chosen = (name: string, but: Partial<Candidates>): Products =>
    chooseProducts(name, machine({ ...without, ...but }), arena);
  assert.is(chosen('native', { findBlas: untried }).native, native);
  assert.is(chosen('blas', { nativeFault: untried }).blas, blas);
  assert.is(chosen('liba', { nativeFault: untried }).blas, blas);
  assert.equal(chosen('wasm', { nativeFault: untried, findBlas: untried }), { remark: 'products in WebAssembly' });
});

test('what was asked for by name and is not there is an error that says why', () => {
  const refused = (name: string, but: Partial<Candidates>, message: RegExp): void =>
    assert.throws(
      () => chooseProducts(name, machine(but), arena),
      (error: Error) => error instanceof BertrandError && message.test(error.message),
    );
  refused('native', { native: 'it needs koffi' }, /^products in machine code cannot be used: it needs koffi/);
  refused('native', { nativeFault: () => 'wrong product' }, /machine code cannot be used: wrong product/);
  refused('amx', {}, /^products by AMX cannot be used: the processor has no AMX; set cpu\.products to auto/);
  refused('amx', { amx: native, amxFault: () => 'wrong product' }, /by AMX cannot be used: wrong product/);
  refused('blas', { findBlas: () => none }, /^a BLAS cannot be used: install one/);
  refused('libb', {}, /^the BLAS libb cannot be used/);
});

test('the device says whose products it takes', async () => {
  const [auto, wasm] = [await openCpu({ threads: 1 }), await openCpu({ threads: 1, products: 'wasm' })];
  assert.match(auto.description, /, products (by .+|in machine code \(.+\)|in WebAssembly \(no machine code: .+\).*)$/);
  assert.match(wasm.description, /, products in WebAssembly$/);
  await auto.close();
  await wasm.close();
  for (const options of Object.values(nativeOptions)) {
    const device = await openCpu({ threads: 1, ...options });
    assert.match(device.description, /, products in machine code \(AVX(2|-512)(, also for bf16)?\)$/);
    assert.is(device.arithmetic, wasm.arithmetic); // the bits are the same
    await device.close();
  }
});

test('the device says that AMX, whose bits are its own, takes floats in parts', async () => {
  for (const options of Object.values(amxOptions)) {
    const device = await openCpu({ threads: 1, ...options });
    assert.match(device.description, /, products in machine code \(AMX, each float as three bf16\)$/);
    assert.match(device.arithmetic, /^products of our own, of floats in three parts, added as AMX does/);
    assert.is(device.products, 'amx');
    await device.close();
  }
});

test('machine code rounds as fused multiply-add does: without it, there is none', async () => {
  const message = await messageOf(() => openCpu({ threads: 1, products: 'native', fusedMultiplyAdd: false }));
  assert.match(message, /machine code cannot be used: fused multiply-add is off/);
});

test.run();
