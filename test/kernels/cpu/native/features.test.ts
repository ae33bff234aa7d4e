import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { vectorBits } from '../../../../src/kernels/cpu/native/features.ts';
import { openNative } from '../../../../src/kernels/cpu/native/native.node.ts';

interface Machine {
  readonly leaves?: number;
  readonly leaf1?: number;
  readonly leaf7?: number;
  readonly kept?: number;
}
const OSXSAVE = 1 << 27;
const FMA = 1 << 12;
const AVX2 = 1 << 5;
const AVX512F = 1 << 16;

/** A processor that answers so; xgetbv where the system does not allow it would end the process. */
const bits = ({ leaves = 13, leaf1 = OSXSAVE | FMA, leaf7 = AVX2 | AVX512F, kept = 0xe7 }: Machine): number =>
  vectorBits({
    cpuid(leaf) {
      if (leaf > leaves) throw new Error(`cpuid has no leaf ${leaf}`);
      return { eax: leaf === 0 ? leaves : 0, ebx: leaf === 7 ? leaf7 : 0, ecx: leaf === 1 ? leaf1 : 0, edx: 0 };
    },
    xgetbv() {
      if ((leaf1 & OSXSAVE) === 0) throw new Error('xgetbv is no instruction here');
      return kept;
    },
  });

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

test('Linux says the same of this processor', () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  const expected =
    !flags.includes('avx2') || !flags.includes('fma') ? undefined : flags.includes('avx512f') ? 512 : 256;
  const opened = openNative(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }), true);
  assert.is(typeof opened === 'string' ? undefined : opened.tile.bits, expected);
});

test.run();
