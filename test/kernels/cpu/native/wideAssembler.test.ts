import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { at, r10, r12, r13, r15, rax, rcx } from '../../../../src/kernels/cpu/native/operands.ts';
import { WideAssembler } from '../../../../src/kernels/cpu/native/wideAssembler.ts';

/** What GNU as 2.40 makes of the mnemonic, VEX instructions with {vex3}. */
const encodings: [string, string, (a: WideAssembler) => void][] = [
  ['and rcx, 15', '48 83 e1 0f', (a) => a.and(rcx, 15)],
  ['vpbroadcastd zmm31, eax', '62 62 7d 48 7c f8', (a) => a.spread(31, rax)],
  ['vpbroadcastd zmm5, r15d', '62 d2 7d 48 7c ef', (a) => a.spread(5, r15)],
  ['vmovaps zmm20, zmm9', '62 c1 7c 48 28 e1', (a) => a.copy(20, 9)],
  ['vmovaps zmm5{k3}, zmm18', '62 b1 7c 4b 28 ea', (a) => a.copy(5, 18, 3)],
  ['vmovaps zmm1{k3}{z}, zmm24', '62 91 7c cb 28 c8', (a) => a.copyIn(3, 1, 24)],
  ['vmulps zmm17, zmm3, zmm28', '62 81 64 48 59 cc', (a) => a.floats('multiply', 17, 3, 28)],
  ['vsubps zmm3, zmm2, zmm29', '62 91 6c 48 5c dd', (a) => a.floats('subtract', 3, 2, 29)],
  ['vdivps zmm2, zmm21, zmm2', '62 f1 54 40 5e d2', (a) => a.floats('divide', 2, 21, 2)],
  ['vminps zmm4, zmm6, zmm4', '62 f1 4c 48 5d e4', (a) => a.floats('smaller', 4, 6, 4)],
  ['vmaxps zmm5{k1}, zmm0, zmm5', '62 f1 7c 49 5f ed', (a) => a.floats('larger', 5, 0, 5, 1)],
  ['vaddps zmm6{k2}, zmm6, zmm0', '62 f1 4c 4a 58 f0', (a) => a.floats('add', 6, 6, 0, 2)],
  ['vsqrtps zmm2, zmm18', '62 b1 7c 48 51 d2', (a) => a.squareRoots(2, 18)],
  ['vcvtps2pd zmm17, ymm9', '62 c1 7c 48 5a c9', (a) => a.toDoubles(17, 9)],
  ['vextractf32x8 ymm7, zmm20, 1', '62 e3 7d 48 1b e7 01', (a) => a.upperHalf(7, 20)],
  ['vaddpd zmm4, zmm4, zmm26', '62 91 dd 48 58 e2', (a) => a.doubles('add', 4, 4, 26)],
  ['vmulpd zmm16, zmm6, zmm6', '62 e1 cd 48 59 c6', (a) => a.doubles('multiply', 16, 6, 6)],
  ['vpaddd zmm0, zmm20, zmm31', '62 91 5d 40 fe c7', (a) => a.integers('add', 0, 20, 31)],
  ['vpandd zmm3, zmm18, zmm7', '62 f1 6d 40 db df', (a) => a.integers('and', 3, 18, 7)],
  ['vpternlogd zmm2, zmm3, zmm28, 0xf8', '62 93 65 48 25 d4 f8', (a) => a.joinIn(2, 3, 28)],
  ['vpternlogd zmm18, zmm1, zmm28, 0xf8', '62 83 75 48 25 d4 f8', (a) => a.joinIn(18, 1, 28)],
  ['vpmaddwd zmm3, zmm19, zmm3', '62 f1 65 40 f5 db', (a) => a.integers('multiplyPairs', 3, 19, 3)],
  ['vpaddd zmm0{k3}{z}, zmm3, zmm2', '62 f1 65 cb fe c2', (a) => a.addIntegersIn(3, 0, 3, 2)],
  ['vpsrld zmm1, zmm20, 12', '62 b1 75 48 72 d4 0c', (a) => a.shift('right', 1, 20, 12)],
  ['vpslld zmm18, zmm2, 23', '62 f1 6d 40 72 f2 17', (a) => a.shift('left', 18, 2, 23)],
  ['vfmadd213ps zmm2, zmm30, zmm29', '62 92 0d 40 a8 d5', (a) => a.multiplyThenAdd(2, 30, 29)],
  ['vfmsub213ps zmm0, zmm4, zmm21', '62 b2 5d 48 aa c5', (a) => a.multiplyThenSubtract(0, 4, 21)],
  ['vfmadd231ps zmm9{k2}, zmm0, zmm24', '62 12 7d 4a b8 c8', (a) => a.addProduct(9, 0, 24, 2)],
  ['vcmpps k3{k1}, zmm0, zmm31, 5', '62 91 7c 49 c2 df 05', (a) => a.compareFloats(3, 'notLess', 0, 31, 1)],
  ['vcmpps k5, zmm17, zmm2, 1', '62 f1 74 40 c2 ea 01', (a) => a.compareFloats(5, 'less', 17, 2)],
  ['vpcmpd k3, zmm1, zmm25, 5', '62 93 75 48 1f d9 05', (a) => a.compareIntegers(3, 'notLess', 1, 25)],
  ['vpmovd2m k3, zmm20', '62 b2 7e 48 39 dc', (a) => a.signs(3, 20)],
  ['vshuff32x4 zmm8, zmm26, zmm26, 0xb1', '62 13 2d 40 23 c2 b1', (a) => a.orderQuarters(8, 26, 0xb1)],
  ['vpermilps zmm8, zmm26, 0x4e', '62 13 7d 48 04 c2 4e', (a) => a.orderLanes(8, 26, 0x4e)],
  ['vmovss [r15+4], xmm6', 'c4 c1 7a 11 77 04', (a) => a.storeFirst(at(r15, 4), 6)],
  ['kmovw k1, eax', 'c4 e1 78 92 c8', (a) => a.setMask(1, rax)],
  ['kmovw k2, r10d', 'c4 c1 78 92 d2', (a) => a.setMask(2, r10)],
  ['bzhi eax, eax, ecx', 'c4 e2 70 f5 c0', (a) => a.lowestBits(rax, rax, rcx)],
  ['bzhi r12d, r10d, r13d', 'c4 42 10 f5 e2', (a) => a.lowestBits(r12, r10, r13)],
];

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

for (const [mnemonic, bytes, write] of encodings)
  test(mnemonic, () => {
    const assembler = new WideAssembler();
    write(assembler);
    assert.is(hex(assembler.bytes), bytes);
  });

test.run();
