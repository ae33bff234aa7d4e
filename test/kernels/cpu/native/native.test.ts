import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arena } from '../../../../src/kernels/cpu/engine/arena.ts';
import { compileKernels, instantiateKernels } from '../../../../src/kernels/cpu/engine/module.ts';
import { openCpu } from '../../../../src/kernels/cpu/index.ts';
import { openNative } from '../../../../src/kernels/cpu/native/native.node.ts';
import { faultOfNative } from '../../../../src/kernels/cpu/native/nativeCheck.ts';
import { enableRelaxedSimd } from '../../../../src/kernels/cpu/threads/threads.node.ts';
import { ownMatmul } from '../../../../src/kernels/cpu/tiles/ownMatmul.ts';
import type { OwnMatmul } from '../../../../src/kernels/cpu/tiles/ownMatmul.ts';
import { matmulParameters } from '../../../../src/kernels/matmulParameters.ts';
import { nativeOptions } from './nativeOptions.ts';

enableRelaxedSimd();
const arena = new Arena(false);
const exports = await instantiateKernels(await compileKernels({ fusedMultiplyAdd: true, shared: false }, arena.memory), arena.memory); // prettier-ignore
exports.enter(arena.allocate(exports.scratchBytes()), 0);
const narrow = ownMatmul(exports, arena, 'narrow');

/** Products that are right but for what is done to them. */
const changed =
  (change: (p: Parameters<OwnMatmul>[3], c: number) => Partial<Parameters<OwnMatmul>[3]> | void): OwnMatmul =>
  (a, b, c, p) => {
    narrow(a, b, c, { ...p, ...change(p, c) });
  };

test('the check finds products that are not equal to the last bit', () => {
  assert.is(faultOfNative(narrow, narrow, arena), undefined);
  const wrong: Record<string, OwnMatmul> = {
    'a not transposed': changed(() => ({ transposeA: 0 })),
    'b not transposed': changed(() => ({ transposeB: 0 })),
    'no scale': changed(() => ({ scale: 1 })),
    'a term too few': changed(({ k }) => ({ k: k > 500 ? k - 1 : k })),
    'a row too few': changed(({ m }) => ({ m: m === 109 ? m - 1 : m })),
    'a column too many': changed(({ n }) => ({ n: n === 119 ? n + 1 : n })),
    'a row too many': changed(({ m }) => ({ m: m === 109 ? m + 1 : m })),
    'one bit': (a, b, c, p) => {
      narrow(a, b, c, p);
      if (p.n === 119) arena.integers[c / 4 + p.cRow + 118] ^= 1;
    },
  };
  for (const [name, matmul] of Object.entries(wrong))
    assert.match(faultOfNative(matmul, narrow, arena) ?? 'passed', /^wrong product of \d+ x \d+/, name);
});

test('no page with the code is writable', () => {
  const opened = openNative(arena.memory, { asked: true });
  if (process.platform !== 'linux' || typeof opened === 'string') return;
  const { code } = opened.share;
  const page = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .find((line) => {
      const [from = '0', to = '0'] = line.split(' ', 1)[0]?.split('-') ?? [];
      return BigInt(`0x${from}`) <= code && code < BigInt(`0x${to}`);
    });
  assert.match(page ?? '', / r-xp /);
});

/** A product with values that are none, none of which may come to where they do not belong. */
async function unusual(options: object): Promise<number[]> {
  const device = await openCpu({ threads: 1, ...options });
  const [m, n, k] = [29, 41, 21];
  const values = (size: number, special: Record<number, number>): Float32Array =>
    Float32Array.from({ length: size }, (_, i) => special[i] ?? ((i * 37) % 19) - 9);
  const a = device.upload('f32', values(m * k, { 3: NaN, [13 * k]: Infinity, [28 * k + 20]: -Infinity, 50: 1e-42 }));
  const b = device.upload('f32', values(k * n, { 40: NaN, [2 * n + 33]: Infinity, 77: 0, [20 * n + 40]: -1e-40 }));
  const p = matmulParameters({ m, n, k, a: { row: k }, b: { row: n }, c: { row: n } });
  const found = Array.from(await device.read(device.launch('matmul', { a, b }, p).c));
  await device.close();
  return found;
}

for (const [name, options] of Object.entries(nativeOptions))
  test(`no numbers and infinities go where they belong ${name}`, async () => {
    const expected = await unusual({ products: 'wasm' });
    const none = expected.filter(Number.isNaN).length;
    assert.ok(none > 60 && none < expected.length / 4 && expected.includes(Infinity));
    assert.equal(await unusual(options), expected);
  });

test('fewer bits are taken when they are asked for, and none that are not there', () => {
  const opened = openNative(arena.memory, { asked: true, bits: 256 });
  if (typeof opened !== 'string') assert.is(opened.tile.bits, 256);
  const none = openNative(arena.memory, { asked: true, bits: 128 });
  assert.match(typeof none === 'string' ? none : none.name, /no (AVX2|code)|koffi/);
});

test.run();
