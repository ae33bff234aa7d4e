import { Assembler } from './assembler.ts';
import { at, r10, r11, rax, rbx, rcx, rdi, rdx } from './operands.ts';
import type { Convention } from './convention.ts';

/** What cpuid returns. */
export interface Registers {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

/** The two instructions that tell about the processor. */
export interface Processor {
  readonly cpuid: (leaf: number, subleaf: number) => Registers;
  /** The vector registers that the system keeps for each thread: XCR0. Only where cpuid says that it does. */
  readonly xgetbv: () => number;
}

// Bits as in the Intel manual, volume 2 (cpuid) and volume 1, 13.3 (XCR0).
const FMA = 1 << 12; // leaf 1, ecx
const OSXSAVE = 1 << 27;
const AVX2 = 1 << 5; // leaf 7, ebx
const BMI2 = 1 << 8;
const AVX512DQ = 1 << 17;
const AVX512BW = 1 << 30;
const AVX512F = 1 << 16;
const AVX512_BF16 = 1 << 5; // leaf 7, subleaf 1, eax
const AMX_TILE_BF16 = (1 << 22) | (1 << 24); // leaf 7, edx
const XMM_YMM = 0b110; // XCR0
const ZMM = 0b1110_0000; // masks, upper halves, upper registers
const TILES = 0b11 << 17; // their configuration, and they themselves

/** The widest vectors for which there is code that this processor and system can run; 0 for none. */
export function vectorBits({ cpuid, xgetbv }: Processor): 0 | 256 | 512 {
  if (cpuid(0, 0).eax < 7) return 0;
  const { ecx } = cpuid(1, 0);
  if ((ecx & OSXSAVE) === 0 || (ecx & FMA) === 0) return 0;
  const { ebx } = cpuid(7, 0);
  const kept = xgetbv();
  if ((ebx & AVX2) === 0 || (kept & XMM_YMM) !== XMM_YMM) return 0;
  return (ebx & AVX512F) !== 0 && (kept & ZMM) === ZMM ? 512 : 256;
}

/** Whether the processor has all that passes over rows take (rows). */
export function hasPasses(processor: Processor): boolean {
  const wanted = BMI2 | AVX512DQ | AVX512BW;
  return vectorBits(processor) === 512 && (processor.cpuid(7, 0).ebx & wanted) === wanted;
}

/** Whether the processor multiplies pairs of bf16, in vectors of 512 bits. */
export function hasBf16(processor: Processor): boolean {
  if (vectorBits(processor) < 512 || processor.cpuid(7, 0).eax < 1) return false;
  return (processor.cpuid(7, 1).eax & AVX512_BF16) !== 0;
}

/** Whether it multiplies tiles of bf16, once the system allows it. */
export function hasAmx(processor: Processor): boolean {
  if (!hasBf16(processor) || (processor.xgetbv() & TILES) !== TILES) return false;
  return (processor.cpuid(7, 0).edx & AMX_TILE_BF16) === AMX_TILE_BF16;
}

/**
 * Machine code of a function of one address: of a leaf and a subleaf, 32 bits each, in whose place and behind which it writes eax, ebx,
 * ecx and edx.
 */
export function cpuidCode(convention: Convention): Uint8Array {
  const a = new Assembler();
  a.move(r10, convention === 'windows' ? rcx : rdi);
  a.move(r11, rbx); // which belongs to the caller
  a.load32(rax, at(r10));
  a.load32(rcx, at(r10, 4));
  a.cpuid();
  for (const [i, register] of [rax, rbx, rcx, rdx].entries()) a.store32(at(r10, 4 * i), register);
  a.move(rbx, r11);
  a.return();
  return a.bytes;
}

/** The same of a function that writes the lower half of XCR0. */
export function xgetbvCode(convention: Convention): Uint8Array {
  const a = new Assembler();
  a.move(r10, convention === 'windows' ? rcx : rdi);
  a.move32(rcx, 0);
  a.xgetbv();
  a.store32(at(r10), rax);
  a.return();
  return a.bytes;
}
