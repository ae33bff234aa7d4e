import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../../../src/error.ts';
import { readSafetensors } from '../../../../src/train/run/safetensors/readSafetensors.ts';
import { writeSafetensors } from '../../../../src/train/run/safetensors/writeSafetensors.ts';

const encoder = new TextEncoder();

/** A file with this header text and data, right or wrong. */
function file(header: string, data: readonly number[] = [], length = encoder.encode(header).length): Uint8Array {
  const text = encoder.encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: string, offsets: string): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const single = (dtype: string, shape: string, offsets: string): string => `{"a":${entry(dtype, shape, offsets)}}`;
const refused = (bytes: Uint8Array): string => {
  try {
    readSafetensors(bytes, 'x.safetensors');
  } catch (error) {
    assert.instance(error, BertrandError, String(error));
    return (error as BertrandError).message;
  }
  throw new Error('it was not refused');
};

const sample = (): Uint8Array =>
  writeSafetensors(
    new Map([
      ['weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, -0, Infinity, 1e-40) }],
      ['wide', { shape: [1], data: Float64Array.of(Math.PI) }],
      ['ids', { shape: [3], data: Int32Array.of(-1, 0, 2 ** 31 - 1) }],
      ['scalar', { shape: [], data: Float32Array.of(7) }],
      ['nothing', { shape: [0, 4], data: new Float32Array() }],
      ['__proto__', { shape: [1], data: Float32Array.of(8) }],
    ]),
    { format: 'pt' },
  );

test('what was written is read again, with dtypes, shapes, names and metadata', () => {
  const { tensors, metadata } = readSafetensors(sample(), 'x');
  assert.equal([...metadata], [['format', 'pt']]);
  assert.is(tensors.size, 6);
  assert.equal(tensors.get('weight')?.shape, [2, 3]);
  assert.ok(Object.is((tensors.get('weight')?.data ?? [])[3], -0));
  assert.equal([...(tensors.get('weight')?.data ?? [])], [1, -2, 3.5, -0, Infinity, Math.fround(1e-40)]);
  assert.equal(tensors.get('wide'), { dtype: 'F64', shape: [1], data: Float64Array.of(Math.PI) });
  assert.equal(tensors.get('ids'), { dtype: 'I32', shape: [3], data: Int32Array.of(-1, 0, 2 ** 31 - 1) });
  assert.equal(tensors.get('scalar'), { dtype: 'F32', shape: [], data: Float32Array.of(7) });
  assert.equal(tensors.get('nothing'), { dtype: 'F32', shape: [0, 4], data: new Float32Array() });
  assert.equal(tensors.get('__proto__')?.data, Float32Array.of(8));
});

test('the bytes are those of the format: length, header, little-endian data at a multiple of 8', () => {
  const bytes = writeSafetensors(new Map([['a', { shape: [1], data: Float32Array.of(1) }]]));
  const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  assert.equal([...bytes.subarray(0, 8)], [56, 0, 0, 0, 0, 0, 0, 0]);
  assert.is(new TextDecoder().decode(bytes.subarray(8, 64)), `${header}  `);
  assert.equal([...bytes.subarray(64)], [0, 0, 0x80, 0x3f]);
});

test('the order of the map does not change the bytes', () => {
  const [a, b] = [
    { shape: [1], data: Float32Array.of(1) },
    { shape: [1], data: Float32Array.of(2) },
  ];
  const one = writeSafetensors(new Map([['a', a], ['b', b]])); // prettier-ignore
  const other = writeSafetensors(new Map([['b', b], ['a', a]])); // prettier-ignore
  assert.equal(one, other);
});

test('a Buffer that begins at an odd place is read', () => {
  const bytes = sample();
  const pool = Buffer.alloc(bytes.length + 3);
  pool.set(bytes, 3);
  const { tensors } = readSafetensors(pool.subarray(3), 'x');
  pool.fill(0);
  assert.is(tensors.get('weight')?.data[2], 3.5);
});

test('F16, BF16 and I64 are read as f32', () => {
  const read = (dtype: string, data: number[], count: number): number[] => [
    ...(readSafetensors(file(single(dtype, `[${count}]`, `[0,${data.length}]`), data), 'x').tensors.get('a')?.data ??
      []),
  ];
  const little = (words: number[]): number[] => words.flatMap((word) => [word & 255, word >> 8]);
  const half = read('F16', little([0x3c00, 0xc000, 0x0001, 0x8000, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x3555]), 9);
  assert.equal(half.slice(0, 7), [1, -2, 2 ** -24, -0, 65504, Infinity, -Infinity]);
  assert.ok(Object.is(half[3], -0));
  assert.ok(Number.isNaN(half[7]));
  assert.is(half[8], 1365 / 4096);
  assert.equal(read('BF16', little([0x3f80, 0xc049, 0x0001]), 3), [1, -3.140625, 2 ** -133]);
  assert.equal(read('I64', [255, 255, 255, 255, 255, 255, 255, 255, 0, 4, 0, 0, 1, 0, 0, 0], 2), [-1, 2 ** 32 + 1024]);
});

test('every limit of the format is kept, each with its reason', () => {
  const four = [0, 0, 0, 0];
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(7), /has 7 bytes/],
    [file('{}', [], 10_000_001), /claims 10000001 bytes; the most allowed is 10000000/],
    [file(single('F32', `[${'1,'.repeat(16)}1]`, '[0,4]'), four), /a list has more than 16 items/],
    [file(`{${'"a":{},'.repeat(65536)}"b":{}}`), /stands twice/],
    [
      file(
        `{${Array.from({ length: 5 }, (_, i) => `"${i}":{${Array.from({ length: 60_000 }, (_, j) => `"${j}":{}`).join()}}`).join()}}`,
      ),
      /it has more than 262144 keys/,
    ],
    [file(`{${Array.from({ length: 65_537 }, (_, i) => `"${i}":{}`).join()}}`), /an object has more than 65536 keys/],
    [file('{}', [], 3), /claims 3 bytes, and 2 are left/],
    [file(' {}'), /does not begin with \{/],
    [file(''), /does not begin with \{/],
    [file('{"a":'), /no proper JSON/],
    [file('{}x'), /no proper JSON/],
    [file('{"a'), /no proper JSON/],
    [new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d]), /no proper JSON/],
    [file(`{"a":${entry('F32', '[1]', '[0,4]')},"\\u0061":${entry('F32', '[1]', '[0,4]')}}`, four), /"a" stands twice/],
    [file(`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, four), /"dtype" stands twice/],
    [file(single('F32', '[9007199254740993]', '[0,4]'), four), /9007199254740993 is not a whole number/],
    [file(single('F32', '[1.0]', '[0,4]'), four), /1\.0 is not a whole number/],
    [file(single('F32', '[-1]', '[0,4]'), four), /-1 is not a whole number/],
    [file(single('F8_E4M3', '[4]', '[0,4]'), four), /tensor "a" has dtype "F8_E4M3"; F64, I64/],
    [file(single('toString', '[4]', '[0,4]'), four), /has dtype "toString"/],
    [file(single('F32', '"1"', '[0,4]'), four), /has no shape/],
    [file(single('F32', '[1]', '[0]'), four), /has no data_offsets/],
    [file('{"a":3}'), /has dtype undefined/],
    [file(single('F32', '[2]', '[0,4]'), four), /F32 of shape \(2\), takes 8 bytes; its offsets give it 4/],
    [file(single('F32', '[1]', '[4,0]'), four), /its offsets give it -4/],
    [file(single('F32', '[4294967296,4294967296]', '[0,4]'), four), /larger than can be counted/],
    [file(single('F32', '[1]', '[4,8]'), [...four, ...four]), /begins at byte 4 of the data; the one before ends at 0/],
    [file(`{"a":${entry('F32', '[1]', '[0,4]')},"b":${entry('F32', '[1]', '[0,4]')}}`, four), /"b" begins at byte 0/],
    [file(single('F32', '[1]', '[0,4]'), [...four, 0]), /take 4 bytes of data, and 5 are there/],
    [file(single('F32', '[1]', '[0,4]'), [0, 0, 0]), /take 4 bytes of data, and 3 are there/],
    [file('{"__metadata__":{"a":1}}'), /no text under "a"/],
    [file('{"__metadata__":[]}'), /__metadata__ is no object/],
  ];
  for (const [bytes, reason] of cases) {
    const message = refused(bytes);
    assert.match(message, reason);
    assert.match(message, /^x\.safetensors: not an intact safetensors file: /);
  }
});

test('no refusal quotes more than a few hundred characters, or takes long', () => {
  const long = 'x'.repeat(9_000_000);
  const begin = performance.now();
  for (const header of [
    `{"${long}":1}`,
    `{"a":{"dtype":"${long}"}}`,
    `{"__metadata__":{"${long}":1}}`,
    `{"a":${long}}`,
  ])
    assert.ok(refused(file(header)).length < 600);
  assert.ok(performance.now() - begin < 8000);
});

test('a file cut anywhere is refused', () => {
  const bytes = sample();
  for (let length = 0; length < bytes.length; length++) refused(bytes.subarray(0, length));
});

test('a flipped bit is refused or read, but never crashes', () => {
  const bytes = sample();
  const random = seedrandom('bit flips');
  let refusals = 0;
  for (let round = 0; round < 3000; round++) {
    const damaged = bytes.slice();
    for (let flips = 1 + Math.floor(random() * 3); flips > 0; flips--)
      damaged[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
    try {
      readSafetensors(damaged, 'x');
    } catch (error) {
      assert.instance(error, BertrandError, String(error));
      refusals++;
    }
  }
  assert.ok(refusals > 1000, `${refusals} of 3000 were refused`);
});

test('a deeply nested header is refused before it takes all memory', () => {
  assert.match(refused(file(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`)), /nests deeper than 8/);
});

test('tensors that cannot be written are refused by name', () => {
  const data = new Float32Array(3);
  assert.throws(() => writeSafetensors(new Map([['a', { shape: [2], data }]])), /a has shape \(2\) and 3 elements/);
  assert.throws(() => writeSafetensors(new Map([['__metadata__', { shape: [3], data }]])), /no tensor may be called/);
});

test.run();
