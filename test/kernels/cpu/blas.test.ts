import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../../src/error.ts';
import { Arena } from '../../../src/kernels/cpu/engine/arena.ts';
import type { Blas, BlasFinder } from '../../../src/kernels/cpu/blas/blas.ts';
import type { Sgemm } from '../../../src/kernels/cpu/engine/module.ts';
import { faultOf } from '../../../src/kernels/cpu/blas/blasCheck.ts';
import { chooseBlas } from '../../../src/kernels/cpu/blas/chooseBlas.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { demanded, libraries } from './libraries.ts';
import { plainSgemm } from './plainSgemm.ts';
import { messageOf } from '../../messageOf.ts';

const arena = new Arena(false);

const right = plainSgemm(arena);

type Call = Parameters<Sgemm>;
const changed =
  (change: (call: Call) => void): Sgemm =>
  (...call) => {
    change(call);
    right(...call);
  };
const spoiled =
  (spoil: (memory: Float32Array, c: number, row: number, m: number, n: number) => void): Sgemm =>
  (...call) => {
    right(...call);
    spoil(arena.floats, call[11] / 4, call[12], call[2], call[3]);
  };

const broken: Record<string, Sgemm> = {
  'takes a transposed for plain': changed((call) => void (call[0] = 0)),
  'takes b plain for transposed': changed((call) => void (call[1] = 1)),
  'forgets what c held': changed((call) => void (call[10] = 0)),
  'adds what c held': changed((call) => void (call[10] = 1)),
  'forgets the scale': changed((call) => void (call[5] = 1)),
  'drops the last term of long sums': changed((call) => void (call[4] -= call[4] > 500 ? 1 : 0)),
  'writes a column too many': spoiled((memory, c, _, __, n) => void (memory[c + n] = 0)),
  'is wrong in the last entry of odd widths': spoiled((memory, c, row, m, n) => {
    if (n % 2 === 1 && m > 4) memory[c + (m - 1) * row + n - 1] += 0.01;
  }),
  'gives no numbers': spoiled((memory, c) => void (memory[c] = NaN)),
};

const library = (name: string, sgemm: Sgemm): Blas => ({ name, sgemm, share: { koffi: '', library: name } });
const finder = (blas: Record<string, Sgemm>) => (): BlasFinder => ({
  libraries: ['absent', ...Object.keys(blas)],
  advice: 'install one',
  open: (name) => (blas[name] ? library(name, blas[name]) : undefined),
});
const fast = (): boolean => true;

test('a correct library passes the check', () => {
  assert.is(faultOf(right, arena), undefined);
});

for (const [name, sgemm] of Object.entries(broken))
  test(`a library that ${name} fails the check`, () => {
    assert.match(faultOf(sgemm, arena) ?? 'passed', /^wrong product of \d+ x \d+ and \d+ x \d+/);
  });

test('a library that fails the check is skipped, and the next is used', () => {
  const wrong = broken['forgets the scale'] ?? right;
  const alone = chooseBlas('auto', finder({ libwrong: wrong }), arena, fast);
  assert.is(alone.blas, undefined);
  assert.match(alone.remark, /^no BLAS: libwrong: wrong product of/);
  const both = chooseBlas('auto', finder({ libwrong: wrong, libright: right }), arena, fast);
  assert.is(both.remark, 'products by libright');
});

test('a library that is not faster than our own products is not used, unless requested by name', () => {
  const slow = (): boolean => false;
  const two = finder({ liba: right, libb: right });
  assert.is(chooseBlas('auto', two, arena, slow).remark, 'no BLAS: liba is not faster than our own');
  assert.is(chooseBlas('liba', finder({ liba: right }), arena).remark, 'products by liba');
  assert.is(chooseBlas('auto', two, arena).remark, 'products by liba');
});

test('without a library the remark says what to do', () => {
  assert.is(chooseBlas('auto', finder({}), arena, fast).remark, 'no BLAS: install one for faster products');
  assert.match(chooseBlas('auto', () => 'it needs koffi', arena, fast).remark, /^no BLAS: it needs koffi$/);
});

test('a library requested by name that cannot be used is an error', () => {
  const refused = (choice: string, blas: Record<string, Sgemm>, reason: RegExp): void =>
    assert.throws(
      () => chooseBlas(choice, finder(blas), arena),
      (error: Error) => error instanceof BertrandError && reason.test(error.message),
    );
  refused(
    'libnone',
    {},
    /^the BLAS libnone cannot be used: .*no such library.*; set cpu.products \(or BERTRAND_BLAS\) to auto$/,
  );
  refused('libwrong', { libwrong: broken['gives no numbers'] ?? right }, /libwrong cannot be used: libwrong: wrong/);
  refused('auto', {}, /^a BLAS cannot be used: install one for faster products; set cpu.products to auto$/);
});

for (const name of libraries)
  test(`${name} is here, is right, and is taken when asked for`, async () => {
    const device = await openCpu({ threads: 2, products: name });
    if (demanded) process.stdout.write(`${device.description}\n`);
    assert.ok(device.description.includes(', products by ') && device.description.includes(name), device.description);
    const processor = name.includes('openblas') && process.env['OPENBLAS_CORETYPE'];
    if (processor) assert.match(device.description, new RegExp(`for ${processor} `, 'i'));
    await device.close();
  });

test("the environment's choice overrides the caller's", async () => {
  process.env.BERTRAND_BLAS = './typed.so';
  try {
    const message = await messageOf(() => openCpu({ threads: 1, products: 'wasm' }));
    assert.match(message, /the BLAS \.\/typed\.so cannot be used/);
  } finally {
    delete process.env.BERTRAND_BLAS;
  }
});

test('a library that the system does not have is refused', async () => {
  await openCpu({ threads: 2, products: 'libabsent.so' }).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /the BLAS libabsent.so cannot be used/),
  );
});

test.run();
