import { Assembler } from './assembler.ts';
import type { Operand } from './operands.ts';

const arithmetic = { add: 0x58, multiply: 0x59, subtract: 0x5c, smaller: 0x5d, divide: 0x5e, larger: 0x5f } as const;
const integers = { add: 0xfe, and: 0xdb, multiplyPairs: 0xf5 } as const;
const shifts = { right: 2, left: 6 } as const;
const comparisons = { less: 1, notLess: 5 } as const;

/**
 * Adds what passes over rows need: whole vectors of 512 bits, as 16 floats or 16 integers of 32 bits (AVX512F, AVX512DQ and AVX512BW).
 * With a mask, lanes without a bit stay as they are.
 */
export class WideAssembler extends Assembler {
  /** A float in all lanes. @param spare a general register, whose value is lost */
  constant(to: number, value: number, spare: number): void {
    this.integerConstant(to, new Int32Array(Float32Array.of(value).buffer)[0] ?? 0, spare);
  }
  integerConstant(to: number, value: number, spare: number): void {
    this.move32(spare, value);
    this.spread(to, spare);
  }
  /** The lower 32 bits of a general register in all lanes. */
  spread(to: number, from: number): void {
    this.vector(512, { prefix: '66', map: '0F38', opcode: 0x7c }, to, 0, from);
  }
  copy(to: number, from: number, mask = 0): void {
    this.vector(512, { prefix: 'none', map: '0F', opcode: 0x28 }, to, 0, from, mask);
  }
  /** to = a and b combined. `larger` and `smaller` give b if they are equal or one is no number. */
  floats(operation: keyof typeof arithmetic, to: number, a: number, b: Operand, mask = 0): void {
    this.vector(512, { prefix: 'none', map: '0F', opcode: arithmetic[operation] }, to, a, b, mask);
  }
  squareRoots(to: number, from: number): void {
    this.vector(512, { prefix: 'none', map: '0F', opcode: 0x51 }, to, 0, from);
  }
  /** The first eight floats as doubles. */
  toDoubles(to: number, from: number): void {
    this.vector(512, { prefix: 'none', map: '0F', opcode: 0x5a }, to, 0, from);
  }
  /** The last eight floats, in the place of the first (AVX512DQ). */
  upperHalf(to: number, from: number): void {
    this.vector(512, { prefix: '66', map: '0F3A', opcode: 0x1b }, from, 0, to);
    this.byte(1);
  }
  doubles(operation: 'add' | 'multiply', to: number, a: number, b: number): void {
    this.vector(512, { prefix: '66', map: '0F', opcode: arithmetic[operation], wide: true }, to, a, b);
  }
  /** The same of integers; `multiplyPairs` adds the two products of signed halves. */
  integers(operation: keyof typeof integers, to: number, a: number, b: Operand): void {
    this.vector(512, { prefix: '66', map: '0F', opcode: integers[operation] }, to, a, b);
  }
  /** to |= a & b, bit by bit */
  joinIn(to: number, a: number, b: number): void {
    this.vector(512, { prefix: '66', map: '0F3A', opcode: 0x25 }, to, a, b);
    this.byte(0xf8);
  }
  /** to = a + b in the lanes of the mask, zeros in the others */
  addIntegersIn(mask: number, to: number, a: number, b: number): void {
    this.vector(512, { prefix: '66', map: '0F', opcode: integers.add }, to, a, b, mask, true);
  }
  shift(direction: keyof typeof shifts, to: number, from: number, count: number): void {
    this.vector(512, { prefix: '66', map: '0F', opcode: 0x72 }, shifts[direction], to, from);
    this.byte(count);
  }
  /** to = to * a + b, rounded once */
  multiplyThenAdd(to: number, a: number, b: Operand): void {
    this.vector(512, { prefix: '66', map: '0F38', opcode: 0xa8 }, to, a, b);
  }
  /** to = to * a - b, rounded once */
  multiplyThenSubtract(to: number, a: number, b: Operand): void {
    this.vector(512, { prefix: '66', map: '0F38', opcode: 0xaa }, to, a, b);
  }
  /** to += a * b, rounded once */
  addProduct(to: number, a: number, b: Operand, mask = 0): void {
    this.vector(512, { prefix: '66', map: '0F38', opcode: 0xb8 }, to, a, b, mask);
  }
  /** k register `to` = a < b or its opposite, which also holds if one is no number; of the lanes of the mask */
  compareFloats(to: number, comparison: keyof typeof comparisons, a: number, b: number, mask = 0): void {
    this.vector(512, { prefix: 'none', map: '0F', opcode: 0xc2 }, to, a, b, mask);
    this.byte(comparisons[comparison]);
  }
  /** The same of signed integers. */
  compareIntegers(to: number, comparison: keyof typeof comparisons, a: number, b: number): void {
    this.vector(512, { prefix: '66', map: '0F3A', opcode: 0x1f }, to, a, b);
    this.byte(comparisons[comparison]);
  }
  /** k register `to` = the lanes' sign bits (AVX512DQ) */
  signs(to: number, from: number): void {
    this.vector(512, { prefix: 'F3', map: '0F38', opcode: 0x39 }, to, 0, from);
  }
  /** to = from in the lanes of the mask, zeros in the others */
  copyIn(mask: number, to: number, from: number): void {
    this.vector(512, { prefix: 'none', map: '0F', opcode: 0x28 }, to, 0, from, mask, true);
  }
  /** Quarters in the order of four numbers of two bits, of which two choose from one vector and two from the other. */
  orderQuarters(to: number, from: number, order: number, other = from): void {
    this.vector(512, { prefix: '66', map: '0F3A', opcode: 0x23 }, to, from, other);
    this.byte(order);
  }
  /** Of each quarter of a and b the lower or the upper halves, lanes of one in turn with those of the other; pairs of lanes where `pairs`. */
  interleave(half: 'lower' | 'upper', to: number, a: number, b: number, pairs = false): void {
    const opcode = half === 'lower' ? 0x14 : 0x15;
    this.vector(512, { prefix: pairs ? '66' : 'none', map: '0F', opcode, wide: pairs }, to, a, b);
  }
  /** The same of the four lanes of each quarter. */
  orderLanes(to: number, from: number, order: number): void {
    this.vector(512, { prefix: '66', map: '0F3A', opcode: 0x04 }, to, 0, from);
    this.byte(order);
  }
  /** The first lane alone, at most in register 15. */
  storeFirst(to: Operand, from: number): void {
    this.vector(128, { prefix: 'F3', map: '0F', opcode: 0x11 }, from, 0, to);
  }
  /** k register `to` = the lower 16 bits of a general register */
  setMask(to: number, from: number): void {
    this.vector(128, { prefix: 'none', map: '0F', opcode: 0x92 }, to, 0, from);
  }
  /** The lowest bits of `from`, as many as the lowest byte of `count` says, in 32 bits (BMI2). */
  lowestBits(to: number, from: number, count: number): void {
    this.vector(128, { prefix: 'none', map: '0F38', opcode: 0xf5 }, to, count, from);
  }
}
