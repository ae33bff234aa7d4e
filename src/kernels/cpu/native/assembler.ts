/**
 * Writes x86-64 machine code: the few instructions that this folder needs. Encodings are those of the Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 2: chapter 2.1 for ModRM, SIB and REX, 2.3 for VEX, 2.7 for EVEX.
 */

import { rbp, rsp } from './operands.ts';
import type { Label, Memory, Operand, VectorBits } from './operands.ts';

const conditions = { equal: 0x84, notEqual: 0x85, less: 0x8c, greaterOrEqual: 0x8d, lessOrEqual: 0x8e, greater: 0x8f };
const prefixes = { none: 0, '66': 1, F3: 2, F2: 3 } as const;
const maps = { '0F': 1, '0F38': 2, '0F3A': 3 } as const;

/** What an encoding table says of a vector instruction: `VEX.256.66.0F38.W0 B8` has prefix 66, map 0F38 and opcode 0xb8. */
export interface VectorOpcode {
  readonly prefix: keyof typeof prefixes;
  readonly map: keyof typeof maps;
  readonly opcode: number;
  /** W, of EVEX alone. */
  readonly wide?: boolean;
  /** Bytes by which EVEX counts an 8-bit displacement; those of the vector unless said. */
  readonly unit?: number;
}

export class Assembler {
  readonly #bytes: number[] = [];
  readonly #open = new Set<Label>();

  get bytes(): Uint8Array {
    if (this.#open.size > 0) throw new Error('a jump goes to a label that has no place');
    return Uint8Array.from(this.#bytes);
  }

  // Places and jumps.

  place(label: Label = { jumps: [] }): Label {
    label.position = this.#bytes.length;
    this.#open.delete(label);
    for (const jump of label.jumps) this.#patch(jump, label.position);
    return label;
  }
  jump(label: Label): void {
    this.#bytes.push(0xe9);
    this.#distance(label);
  }
  jumpIf(condition: keyof typeof conditions, label: Label): void {
    this.#bytes.push(0x0f, conditions[condition]);
    this.#distance(label);
  }

  // General registers: 64 bits, unless the name says 32.

  /** Clears the upper half of the register. */
  load32(to: number, from: Memory): void {
    this.#general(0, [0x8b], to, from);
  }
  store32(to: Memory, from: number): void {
    this.#general(0, [0x89], from, to);
  }
  load(to: number, from: Memory): void {
    this.#general(1, [0x8b], to, from);
  }
  store(to: Memory, from: number): void {
    this.#general(1, [0x89], from, to);
  }
  move(to: number, from: number): void {
    this.#general(1, [0x89], from, to);
  }
  move32(to: number, value: number): void {
    if (to >= 8) this.#bytes.push(0x41);
    this.#bytes.push(0xb8 | (to & 7));
    this.#integer(value);
  }
  address(to: number, of: Memory): void {
    this.#general(1, [0x8d], to, of);
  }
  add(to: number, from: Operand): void {
    if (typeof from === 'number') this.#general(1, [0x01], from, to);
    else this.#general(1, [0x03], to, from);
  }
  addConstant(to: number, value: number): void {
    this.#constant(0, to, value);
  }
  and(register: number, value: number): void {
    this.#constant(4, register, value);
  }
  compare(register: number, value: number): void {
    this.#constant(7, register, value);
  }
  push(register: number): void {
    if (register >= 8) this.#bytes.push(0x41);
    this.#bytes.push(0x50 | (register & 7));
  }
  pop(register: number): void {
    if (register >= 8) this.#bytes.push(0x41);
    this.#bytes.push(0x58 | (register & 7));
  }
  return(): void {
    this.#bytes.push(0xc3);
  }
  /** Fetches a line of memory: to be read, into the second-level cache, or to be written. */
  prefetch(from: Memory, written = false): void {
    this.#general(0, [0x0f, written ? 0x0d : 0x18], written ? 1 : 2, from);
  }
  cpuid(): void {
    this.#bytes.push(0x0f, 0xa2);
  }
  xgetbv(): void {
    this.#bytes.push(0x0f, 0x01, 0xd0);
  }

  // Vectors of floats. A mask is the number of a register k1 to k7, 0 for none: lanes without a bit are read as zeros, and not written.

  loadVector(bits: VectorBits, to: number, from: Memory, mask = 0): void {
    this.vector(bits, { prefix: 'none', map: '0F', opcode: 0x10 }, to, 0, from, mask, mask > 0);
  }
  storeVector(bits: VectorBits, to: Memory, from: number, mask = 0): void {
    this.vector(bits, { prefix: 'none', map: '0F', opcode: 0x11 }, from, 0, to, mask);
  }
  broadcast(bits: VectorBits, to: number, from: Memory): void {
    this.vector(bits, { prefix: '66', map: '0F38', opcode: 0x18, unit: 4 }, to, 0, from);
  }
  /** to += a * b, rounded once */
  multiplyAdd(bits: VectorBits, to: number, a: number, b: Operand): void {
    this.vector(bits, { prefix: '66', map: '0F38', opcode: 0xb8 }, to, a, b);
  }
  /** to += a * b of pairs of bf16, summed in f32 (AVX512_BF16): the odd one's product first. */
  addPairs(to: number, a: number, b: Operand): void {
    this.vector(512, { prefix: 'F3', map: '0F38', opcode: 0x52 }, to, a, b);
  }
  /** Floats to bf16: those of `low` to the lower half, those of `high` to the upper one (AVX512_BF16). */
  toBf16(to: number, high: number, low: number): void {
    this.vector(512, { prefix: 'F2', map: '0F38', opcode: 0x72 }, to, high, low);
  }
  /** to[i] = from[order[i]], in words of 16 bits (AVX512BW) */
  permuteWords(to: number, order: number, from: number): void {
    this.vector(512, { prefix: '66', map: '0F38', opcode: 0x8d, wide: true }, to, order, from);
  }
  clear(vector: number): void {
    this.vector(512, { prefix: '66', map: '0F', opcode: 0xef }, vector, vector, vector);
  }
  multiply(to: number, a: number, b: Operand): void {
    this.vector(512, { prefix: 'none', map: '0F', opcode: 0x59 }, to, a, b);
  }
  addVectors(bits: VectorBits, to: number, a: number, b: Operand): void {
    this.vector(bits, { prefix: 'none', map: '0F', opcode: 0x58 }, to, a, b);
  }
  /** AVX: the lanes whose sign is set in the vector `mask`, the others as zeros. */
  loadLanes(bits: 128 | 256, to: number, mask: number, from: Memory): void {
    this.vector(bits, { prefix: '66', map: '0F38', opcode: 0x2c }, to, mask, from);
  }
  storeLanes(bits: 128 | 256, to: Memory, mask: number, from: number): void {
    this.vector(bits, { prefix: '66', map: '0F38', opcode: 0x2e }, from, mask, to);
  }
  /** k register `to` = 16 bits of memory, or of another one */
  loadMask(to: number, from: Operand): void {
    this.vector(128, { prefix: 'none', map: '0F', opcode: 0x90 }, to, 0, from);
  }
  /** Ends the use of wide vectors, after which old code would be slow. */
  clearUpper(): void {
    this.#bytes.push(0xc5, 0xf8, 0x77);
  }

  /** REX, opcode, ModRM: `register` is the reg field, `operand` the r/m field. */
  #general(wide: 0 | 1, opcode: readonly number[], register: number, operand: Operand): void {
    const [index, base] = high(operand);
    const rex = (wide << 3) | ((register >> 3) << 2) | (index << 1) | base;
    if (rex > 0) this.#bytes.push(0x40 | rex);
    this.#bytes.push(...opcode);
    this.#operands(register, operand, 1);
  }

  protected byte(value: number): void {
    this.#bytes.push(value);
  }

  #constant(operation: number, register: number, value: number): void {
    const short = value >= -128 && value < 128;
    this.#general(1, [short ? 0x83 : 0x81], operation, register);
    if (short) this.#bytes.push(value & 0xff);
    else this.#integer(value);
  }

  /** An instruction of vectors, or of what is encoded like them: `register` is the reg field, `second` vvvv, `operand` the r/m field. */
  vector(
    bits: VectorBits,
    { prefix, map, opcode, wide = false, unit = bits / 8 }: VectorOpcode,
    register: number,
    second: number,
    operand: Operand,
    mask = 0,
    zeroing = false,
  ): void {
    const [index, base] = high(operand);
    const evex =
      bits === 512 || mask > 0 || register > 15 || second > 15 || (typeof operand === 'number' && operand > 15);
    const length = { 128: 0, 256: 1, 512: 2 }[bits];
    // Bits that extend a register's number are stored inverted, as are those of the second operand.
    const extended = (((register >> 3) & 1) << 7) | (index << 6) | (base << 5);
    const inverted = (~second & 15) << 3;
    if (evex) {
      const sixteen = (register >> 4) << 4; // of the register; that of the second operand is in the last byte
      this.#bytes.push(0x62, ((extended | sixteen) ^ 0xf0) | maps[map]);
      this.#bytes.push((Number(wide) << 7) | inverted | 4 | prefixes[prefix]);
      this.#bytes.push((Number(zeroing) << 7) | (length << 5) | ((~second & 16) >> 1) | mask);
    } else {
      this.#bytes.push(0xc4, (extended ^ 0xe0) | maps[map], inverted | (length << 2) | prefixes[prefix]);
    }
    this.#bytes.push(opcode);
    this.#operands(register, operand, evex ? unit : 1);
  }

  /** ModRM, SIB and displacement, of which EVEX counts the short one in units. */
  #operands(register: number, operand: Operand, unit: number): void {
    const field = (register & 7) << 3;
    if (typeof operand === 'number') return void this.#bytes.push(0xc0 | field | (operand & 7));
    const { base, displacement, index, scale = 1 } = operand;
    const short = displacement / unit;
    const fits = Number.isInteger(short) && short >= -128 && short < 128;
    const mode = displacement === 0 && (base & 7) !== rbp ? 0 : fits ? 0x40 : 0x80;
    if (index === undefined && (base & 7) !== rsp) this.#bytes.push(mode | field | (base & 7));
    else this.#bytes.push(mode | field | 4, (Math.log2(scale) << 6) | (((index ?? rsp) & 7) << 3) | (base & 7));
    if (mode === 0x40) this.#bytes.push(short & 0xff);
    else if (mode === 0x80) this.#integer(displacement);
  }

  #distance(label: Label): void {
    label.jumps.push(this.#bytes.length);
    this.#integer(0);
    if (label.position === undefined) this.#open.add(label);
    else this.#patch(this.#bytes.length - 4, label.position);
  }

  #patch(jump: number, position: number): void {
    this.#bytes.splice(jump, 4, ...bytesOf(position - jump - 4));
  }

  #integer(value: number): void {
    this.#bytes.push(...bytesOf(value));
  }
}

const bytesOf = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >> shift) & 0xff);

/** The bits beyond the three in ModRM or SIB: of the index, or the fifth of a vector register, and of the base or register. */
function high(operand: Operand): [number, number] {
  if (typeof operand === 'number') return [(operand >> 4) & 1, (operand >> 3) & 1];
  return [((operand.index ?? 0) >> 3) & 1, (operand.base >> 3) & 1];
}
