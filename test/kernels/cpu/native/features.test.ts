import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasAmx, hasBf16, hasPasses, vectorBits } from '../../../../src/kernels/cpu/native/features.ts';
import type { Processor } from '../../../../src/kernels/cpu/native/features.ts';
import { openNative } from '../../../../src/kernels/cpu/native/native.node.ts';

interface Machine {
  readonly leaves?: number;
  readonly leaf1?: number;
  readonly leaf7?: number;
  readonly kept?: number;
  readonly leaf7Most?: number;
  readonly leaf7Sub1?: number;
  readonly leaf7Edx?: number;
}
const OSXSAVE = 1 << 27;
const FMA = 1 << 12;
const AVX2 = 1 << 5;
const AVX512F = 1 << 16;
const [BMI2, AVX512DQ, AVX512BW] = [1 << 8, 1 << 17, 1 << 30];
const AVX512_BF16 = 1 << 5;
const AMX_BF16 = 1 << 22;
const AMX_TILE = 1 << 24;
const MISSING = 'the processor has no AVX512_BF16';

/** A processor that answers so; xgetbv where the system does not allow it would end the process. */
const machine = ({
  leaves = 13,
  leaf1 = OSXSAVE | FMA,
  leaf7 = AVX2 | AVX512F,
  kept = 0xe7,
  leaf7Most = 1,
  leaf7Sub1 = AVX512_BF16,
  leaf7Edx = AMX_BF16 | AMX_TILE,
}: Machine): Processor => ({
  cpuid(leaf, subleaf) {
    if (leaf > leaves || (leaf === 7 && subleaf > leaf7Most)) throw new Error(`cpuid has no leaf ${leaf}, ${subleaf}`);
    const none = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
    if (leaf === 0) return { ...none, eax: leaves };
    if (leaf === 1) return { ...none, ecx: leaf1 };
    return subleaf === 0 ? { ...none, eax: leaf7Most, ebx: leaf7, edx: leaf7Edx } : { ...none, eax: leaf7Sub1 };
  },
  xgetbv() {
    if ((leaf1 & OSXSAVE) === 0) throw new Error('xgetbv is no instruction here');
    return kept;
  },
});
const bits = (is: Machine): number => vectorBits(machine(is));

test('vectors are as wide as processor and system allow', () => {
  assert.is(bits({}), 512);
  assert.is(bits({ leaf7: AVX2 }), 256);
  assert.is(bits({ kept: 0x7 }), 256); // a system that does not keep registers of 512 bits
  assert.is(bits({ kept: 0x67 }), 256);
  assert.is(bits({ leaf7: AVX512F }), 0);
  assert.is(bits({ kept: 0x3 }), 0);
  assert.is(bits({ leaf1: FMA }), 0);
  assert.is(bits({ leaf1: OSXSAVE }), 0);
  assert.is(bits({ leaves: 5 }), 0);
});

test('bf16 needs its own bit, and registers of 512 bits', () => {
  assert.is(hasBf16(machine({})), true);
  assert.is(hasBf16(machine({ leaf7Sub1: 0 })), false);
  assert.is(hasBf16(machine({ leaf7Most: 0 })), false);
  assert.is(hasBf16(machine({ kept: 0x7 })), false);
});

test('AMX needs both of its bits, and that the system keeps its registers', () => {
  const kept = 0x600e7;
  assert.is(hasAmx(machine({ kept })), true);
  assert.is(hasAmx(machine({})), false);
  assert.is(hasAmx(machine({ kept: 0x200e7 })), false);
  assert.is(hasAmx(machine({ kept, leaf7Edx: AMX_TILE })), false);
  assert.is(hasAmx(machine({ kept, leaf7Edx: AMX_BF16 })), false);
  assert.is(hasAmx(machine({ kept, leaf7Sub1: 0 })), false);
});

test('passes over rows need three more bits, and registers of 512 bits', () => {
  const all = AVX2 | AVX512F | BMI2 | AVX512DQ | AVX512BW;
  assert.is(hasPasses(machine({ leaf7: all })), true);
  for (const bit of [AVX512F, BMI2, AVX512DQ, AVX512BW]) assert.is(hasPasses(machine({ leaf7: all & ~bit })), false);
  assert.is(hasPasses(machine({ leaf7: all, kept: 0x7 })), false);
});

test('Linux says the same of this processor', () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  const expected =
    !flags.includes('avx2') || !flags.includes('fma') ? undefined : flags.includes('avx512f') ? 512 : 256;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const opened = openNative(memory, { asked: true });
  assert.is(typeof opened === 'string' ? undefined : opened.tile.bits, expected);
  const pairs = openNative(memory, { asked: true, bf16: true });
  assert.is(typeof pairs === 'string' ? pairs : pairs.tile.pairs, flags.includes('avx512_bf16') || MISSING);
  const passes = ['avx512f', 'avx512dq', 'avx512bw', 'bmi2'].every((flag) => flags.includes(flag));
  assert.is(typeof opened !== 'string' && opened.passes, passes);
});

test.run();
