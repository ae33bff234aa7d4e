import type { Assembler, VectorOpcode } from '../assembler.ts';
import type { Memory } from '../operands.ts';

// Instructions on AMX's registers, of 16 rows of 64 bytes.

const opcode = (prefix: VectorOpcode['prefix'], opcode: number): VectorOpcode => ({ prefix, map: '0F38', opcode });
export const configure = (a: Assembler, from: Memory): void => a.vector(128, opcode('none', 0x49), 0, 0, from);
export const release = (a: Assembler): void => a.vector(128, opcode('none', 0x49), 0, 0, 0);
export const clearTile = (a: Assembler, tile: number): void => a.vector(128, opcode('F2', 0x49), tile, 0, 0);
/** Rows begin at the base, as many bytes apart as the index says. */
export const loadTile = (a: Assembler, to: number, from: Memory): void =>
  a.vector(128, opcode('F2', 0x4b), to, 0, from);
export const storeTile = (a: Assembler, to: Memory, from: number): void =>
  a.vector(128, opcode('F3', 0x4b), from, 0, to);
/** c += a @ b */
export const multiplyTile = (a: Assembler, c: number, left: number, right: number): void =>
  a.vector(128, opcode('F3', 0x5c), c, right, left);
