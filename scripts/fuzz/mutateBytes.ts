import type { Draws } from './random.ts';

/** Bytes that a mutated file may have. */
const MOST = 2 ** 21;

/** One to three changes of bytes: bits, blocks, lengths. */
export function mutateBytes(intact: Uint8Array, draws: Draws, others: readonly Uint8Array[]): Uint8Array {
  let bytes = Buffer.from(intact);
  for (let count = 1 + draws.below(3); count > 0; count--) bytes = draws.pick(CHANGES)(bytes, draws, others);
  return bytes.subarray(0, MOST);
}

type Change = (bytes: Buffer<ArrayBuffer>, draws: Draws, others: readonly Uint8Array[]) => Buffer<ArrayBuffer>;

/** A place in the file; half of the time near its beginning, where headers are. */
const placeIn = (bytes: Buffer, draws: Draws): number =>
  draws.below(draws.chance(0.5) ? Math.min(bytes.length + 1, 200) : bytes.length + 1);

function insert(bytes: Buffer, at: number, more: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}

/** Texts and numbers that often cause trouble. */
const ODD = [
  '\0', '\r', '\r\n', '\n\n\n', '\uFEFF', '\u2028', '\u202E', '\u001b[2J', '\uD7FF\u{10FFFF}', '{', '[', '"', '\\', ',',
  '1e999', '-1', '[MASK]', '[UNK]', '##', '__proto__', '\u0130\u0301', 'a'.repeat(5000), ' '.repeat(5000), '[MASK] '.repeat(300),
].map((text) => Buffer.from(text)); // prettier-ignore
const WORDS = ['00000000', 'ffffffff', '7fffffff', '80000000', 'ffffffffffffffff', 'ffffffffffffff7f', '0000000000000080', 'fffe', 'feff', 'c080', 'eda080'].map((hex) => Buffer.from(hex, 'hex')); // prettier-ignore

const CHANGES: readonly Change[] = [
  function flipBits(bytes, draws) {
    for (let count = 1 + draws.below(8); count > 0 && bytes.length > 0; count--)
      bytes[Math.min(placeIn(bytes, draws), bytes.length - 1)] ^= 1 << draws.below(8);
    return bytes;
  },
  (bytes, draws) => bytes.subarray(0, placeIn(bytes, draws)),
  (bytes, draws) => bytes.subarray(placeIn(bytes, draws)),
  (bytes, draws) =>
    insert(
      bytes,
      placeIn(bytes, draws),
      Uint8Array.from({ length: 1 + draws.below(64) }, () => draws.below(256)),
    ),
  (bytes, draws) => insert(bytes, placeIn(bytes, draws), draws.pick(ODD)),
  (bytes, draws) => insert(bytes, placeIn(bytes, draws), Buffer.alloc(1 + draws.below(70_000), draws.below(256))),
  function overwrite(bytes, draws) {
    draws.pick(WORDS).copy(bytes, placeIn(bytes, draws));
    return bytes;
  },
  function remove(bytes, draws) {
    const at = placeIn(bytes, draws);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + draws.below(64))]);
  },
  function repeat(bytes, draws) {
    const [at, length] = [placeIn(bytes, draws), 1 + draws.below(400)];
    const block = bytes.subarray(at, at + length);
    return insert(bytes, at, Buffer.concat(Array.from({ length: 1 + draws.below(200) }, () => block)));
  },
  function splice(bytes, draws, others) {
    const other = Buffer.from(draws.pick(others));
    return Buffer.concat([bytes.subarray(0, placeIn(bytes, draws)), other.subarray(placeIn(other, draws))]);
  },
  function toUtf16(bytes, draws) {
    const text = Buffer.from(bytes.subarray(0, 200_000).toString('latin1'), 'utf16le');
    return Buffer.concat([draws.chance(0.5) ? Buffer.from('fffe', 'hex') : Buffer.alloc(0), text]);
  },
];
