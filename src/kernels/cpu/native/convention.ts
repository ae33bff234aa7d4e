import type { Assembler } from './assembler.ts';
import { r12, r13, r14, r15, rbp, rbx, rcx, rdi, rdx, rsi, rsp, at } from './operands.ts';
import { WideAssembler } from './wideAssembler.ts';

/**
 * How functions are called: `systemV` (System V ABI, AMD64 supplement, section 3.2) on Linux, `windows` (Microsoft's x64 calling
 * convention) there.
 */
export type Convention = 'systemV' | 'windows';

const SAVED = [rbx, rbp, r12, r13, r14, r15];
const SAVED_BY_WINDOWS = [rsi, rdi];
const SAVED_VECTORS = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15]; // their lower 128 bits, by Windows alone

/** A register gets the address that an argument of the call at rsi gives, counted from the memory's beginning at rdi. */
export function loadAddress(a: Assembler, register: number, argument: number): void {
  a.load32(register, at(rsi, argument));
  a.add(register, rdi);
}

/** A function of two addresses, which `body` finds in rdi and rsi; it may use all registers but rsp, and comes to its end. */
export function functionOfTwo(convention: Convention, body: (a: WideAssembler) => void): Uint8Array {
  const a = new WideAssembler();
  const windows = convention === 'windows';
  const saved = windows ? [...SAVED, ...SAVED_BY_WINDOWS] : SAVED;
  const vectors = windows ? SAVED_VECTORS : [];
  for (const register of saved) a.push(register);
  if (windows) a.addConstant(rsp, -16 * vectors.length);
  for (const [i, vector] of vectors.entries()) a.storeVector(128, at(rsp, 16 * i), vector);
  if (windows) {
    a.move(rdi, rcx);
    a.move(rsi, rdx);
  }
  body(a);
  a.clearUpper();
  for (const [i, vector] of vectors.entries()) a.loadVector(128, vector, at(rsp, 16 * i));
  if (windows) a.addConstant(rsp, 16 * vectors.length);
  for (const register of saved.toReversed()) a.pop(register);
  a.return();
  return a.bytes;
}
