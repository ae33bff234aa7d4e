import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  clearTile,
  configure,
  loadTile,
  multiplyTile,
  release,
  storeTile,
} from '../../../../src/kernels/cpu/native/tiles/amxInstructions.ts';
import { Assembler } from '../../../../src/kernels/cpu/native/assembler.ts';
import {
  at,
  r10,
  r12,
  r13,
  r14,
  r15,
  r8,
  r9,
  rax,
  rbp,
  rbx,
  rdi,
  rdx,
  rsi,
  rsp,
} from '../../../../src/kernels/cpu/native/operands.ts';

/**
 * What GNU as 2.40 makes of the mnemonic, as objdump prints it. VEX instructions were written with {vex3}, since the assembler
 * here always takes the longer prefix.
 */
const encodings: [string, string, (a: Assembler) => void][] = [
  ['mov eax, [rsi+8]', '8b 46 08', (a) => a.load32(rax, at(rsi, 8))],
  ['mov r14d, [r12+0x120]', '45 8b b4 24 20 01 00 00', (a) => a.load32(r14, at(r12, 0x120))],
  ['mov [rsi+8], r9d', '44 89 4e 08', (a) => a.store32(at(rsi, 8), r9)],
  ['mov rdi, [rsp+16]', '48 8b 7c 24 10', (a) => a.load(rdi, at(rsp, 16))],
  ['mov [rsp], r13', '4c 89 2c 24', (a) => a.store(at(rsp), r13)],
  ['mov r12, rax', '49 89 c4', (a) => a.move(r12, rax)],
  ['mov eax, 7', 'b8 07 00 00 00', (a) => a.move32(rax, 7)],
  ['mov r10d, 0x12345678', '41 ba 78 56 34 12', (a) => a.move32(r10, 0x12345678)],
  ['lea rbx, [rax+r8*2]', '4a 8d 1c 40', (a) => a.address(rbx, at(rax, 0, r8, 2))],
  ['lea r12, [r13+r9*4+100]', '4f 8d 64 8d 64', (a) => a.address(r12, at(r13, 100, r9, 4))],
  ['lea rax, [rbp]', '48 8d 45 00', (a) => a.address(rax, at(rbp))],
  ['lea rax, [r13+r13*8]', '4b 8d 44 ed 00', (a) => a.address(rax, at(r13, 0, r13, 8))],
  ['add rax, r15', '4c 01 f8', (a) => a.add(rax, r15)],
  ['add rdx, [rsi+48]', '48 03 56 30', (a) => a.add(rdx, at(rsi, 48))],
  ['add r10, 127', '49 83 c2 7f', (a) => a.addConstant(r10, 127)],
  ['add r10, 128', '49 81 c2 80 00 00 00', (a) => a.addConstant(r10, 128)],
  ['cmp r14, 12', '49 83 fe 0c', (a) => a.compare(r14, 12)],
  ['cmp r14, -200', '49 81 fe 38 ff ff ff', (a) => a.compare(r14, -200)],
  ['push rbp', '55', (a) => a.push(rbp)],
  ['push r15', '41 57', (a) => a.push(r15)],
  ['pop r12', '41 5c', (a) => a.pop(r12)],
  ['pop rbx', '5b', (a) => a.pop(rbx)],
  ['ret', 'c3', (a) => a.return()],
  ['cpuid', '0f a2', (a) => a.cpuid()],
  ['xgetbv', '0f 01 d0', (a) => a.xgetbv()],
  ['vzeroupper', 'c5 f8 77', (a) => a.clearUpper()],
  ['vmovups ymm9, [rdx+32]', 'c4 61 7c 10 4a 20', (a) => a.loadVector(256, 9, at(rdx, 32))],
  ['vmovups xmm6, [rsp+160]', 'c4 e1 78 10 b4 24 a0 00 00 00', (a) => a.loadVector(128, 6, at(rsp, 160))],
  ['vmovups zmm3, [r10+64]', '62 d1 7c 48 10 5a 01', (a) => a.loadVector(512, 3, at(r10, 64))],
  ['vmovups zmm24, [r10]', '62 41 7c 48 10 02', (a) => a.loadVector(512, 24, at(r10))],
  ['vmovups zmm3, [rdx+100]', '62 f1 7c 48 10 9a 64 00 00 00', (a) => a.loadVector(512, 3, at(rdx, 100))],
  ['vmovups zmm3{k1}{z}, [rdx+64]', '62 f1 7c c9 10 5a 01', (a) => a.loadVector(512, 3, at(rdx, 64), 1)],
  [
    'vmovups zmm31{k2}{z}, [r12+0x4000]',
    '62 41 7c ca 10 bc 24 00 40 00 00',
    (a) => a.loadVector(512, 31, at(r12, 0x4000), 2),
  ],
  ['vmovups [rax], ymm11', 'c4 61 7c 11 18', (a) => a.storeVector(256, at(rax), 11)],
  ['vmovups [rsp+32], xmm15', 'c4 61 78 11 7c 24 20', (a) => a.storeVector(128, at(rsp, 32), 15)],
  ['vmovups [rax+64], zmm23', '62 e1 7c 48 11 78 01', (a) => a.storeVector(512, at(rax, 64), 23)],
  ['vmovups [rax]{k2}, zmm5', '62 f1 7c 4a 11 28', (a) => a.storeVector(512, at(rax), 5, 2)],
  ['vbroadcastss ymm15, [rbx+r8*2]', 'c4 22 7d 18 3c 43', (a) => a.broadcast(256, 15, at(rbx, 0, r8, 2))],
  ['vbroadcastss ymm15, [r13]', 'c4 42 7d 18 7d 00', (a) => a.broadcast(256, 15, at(r13))],
  ['vbroadcastss zmm26, [rax+r8]', '62 22 7d 48 18 14 00', (a) => a.broadcast(512, 26, at(rax, 0, r8))],
  ['vbroadcastss zmm31, [r12+r8*2+8]', '62 02 7d 48 18 7c 44 02', (a) => a.broadcast(512, 31, at(r12, 8, r8, 2))],
  ['vbroadcastss zmm5, [rbp+r12*2]', '62 b2 7d 48 18 6c 65 00', (a) => a.broadcast(512, 5, at(rbp, 0, r12, 2))],
  ['vfmadd231ps ymm11, ymm12, ymm15', 'c4 42 1d b8 df', (a) => a.multiplyAdd(256, 11, 12, 15)],
  ['vfmadd231ps zmm0, zmm24, zmm26', '62 92 3d 40 b8 c2', (a) => a.multiplyAdd(512, 0, 24, 26)],
  ['vfmadd231ps zmm23, zmm8, zmm15', '62 c2 3d 48 b8 ff', (a) => a.multiplyAdd(512, 23, 8, 15)],
  ['vdpbf16ps zmm0, zmm24, zmm26', '62 92 3e 40 52 c2', (a) => a.addPairs(0, 24, 26)],
  ['vdpbf16ps zmm23, zmm8, zmm15', '62 c2 3e 48 52 ff', (a) => a.addPairs(23, 8, 15)],
  ['vdpbf16ps zmm7, zmm25, zmm31', '62 92 36 40 52 ff', (a) => a.addPairs(7, 25, 31)],
  ['vcvtne2ps2bf16 zmm2, zmm1, zmm0', '62 f2 77 48 72 d0', (a) => a.toBf16(2, 1, 0)],
  ['vcvtne2ps2bf16 zmm18, zmm9, zmm27', '62 82 37 48 72 d3', (a) => a.toBf16(18, 9, 27)],
  ['vpermw zmm2, zmm30, zmm2', '62 f2 8d 40 8d d2', (a) => a.permuteWords(2, 30, 2)],
  ['vpermw zmm17, zmm5, zmm24', '62 82 d5 48 8d c8', (a) => a.permuteWords(17, 5, 24)],
  ['prefetcht1 [rax+r13+64]', '42 0f 18 54 28 40', (a) => a.prefetch(at(rax, 64, r13))],
  ['prefetcht1 [rax+4*r8]', '42 0f 18 14 80', (a) => a.prefetch(at(rax, 0, r8, 4))],
  ['prefetchw [rax+64]', '0f 0d 48 40', (a) => a.prefetch(at(rax, 64), true)],
  ['prefetchw [r10]', '41 0f 0d 0a', (a) => a.prefetch(at(r10), true)],
  ['vpxord zmm1, zmm1, zmm1', '62 f1 75 48 ef c9', (a) => a.clear(1)],
  ['vpxord zmm19, zmm19, zmm19', '62 a1 65 40 ef db', (a) => a.clear(19)],
  ['vmulps zmm0, zmm0, zmm31', '62 91 7c 48 59 c7', (a) => a.multiply(0, 0, 31)],
  ['vmovups zmm1{k2}{z}, [rax+r8+64]', '62 b1 7c ca 10 4c 00 01', (a) => a.loadVector(512, 1, at(rax, 64, r8), 2)],
  ['kmovw k3, k1', 'c4 e1 78 90 d9', (a) => a.loadMask(3, 1)],
  ['vaddps ymm3, ymm13, [rax+32]', 'c4 e1 14 58 58 20', (a) => a.addVectors(256, 3, 13, at(rax, 32))],
  ['vaddps ymm3, ymm3, ymm14', 'c4 c1 64 58 de', (a) => a.addVectors(256, 3, 3, 14)],
  ['vaddps zmm17, zmm17, [rax+128]', '62 e1 74 40 58 48 02', (a) => a.addVectors(512, 17, 17, at(rax, 128))],
  ['vaddps zmm2, zmm18, zmm28', '62 91 6c 40 58 d4', (a) => a.addVectors(512, 2, 18, 28)],
  ['vmaskmovps ymm2, ymm13, [rdx+64]', 'c4 e2 15 2c 52 40', (a) => a.loadLanes(256, 2, 13, at(rdx, 64))],
  ['vmaskmovps [rax], ymm12, ymm9', 'c4 62 1d 2e 08', (a) => a.storeLanes(256, at(rax), 12, 9)],
  ['kmovw k1, [rsi+4]', 'c4 e1 78 90 4e 04', (a) => a.loadMask(1, at(rsi, 4))],
  ['ldtilecfg [rax]', 'c4 e2 78 49 00', (a) => configure(a, at(rax))],
  ['tilerelease', 'c4 e2 78 49 c0', release],
  ['tilezero tmm3', 'c4 e2 7b 49 d8', (a) => clearTile(a, 3)],
  ['tileloadd tmm4, [rax+r8]', 'c4 a2 7b 4b 24 00', (a) => loadTile(a, 4, at(rax, 0, r8))],
  ['tileloadd tmm7, [r10+r9+64]', 'c4 82 7b 4b 7c 0a 40', (a) => loadTile(a, 7, at(r10, 64, r9))],
  ['tilestored [rax+r9+2112], tmm3', 'c4 a2 7a 4b 9c 08 40 08 00 00', (a) => storeTile(a, at(rax, 2112, r9), 3)],
  ['tdpbf16ps tmm1, tmm4, tmm7', 'c4 e2 42 5c cc', (a) => multiplyTile(a, 1, 4, 7)],
  ['kmovw k2, [r13+6]', 'c4 c1 78 90 55 06', (a) => a.loadMask(2, at(r13, 6))],
];

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

for (const [mnemonic, bytes, write] of encodings)
  test(mnemonic, () => {
    const assembler = new Assembler();
    write(assembler);
    assert.is(hex(assembler.bytes), bytes);
  });

test('jumps go forth and back', () => {
  const assembler = new Assembler();
  const end = { jumps: [] };
  const start = assembler.place();
  assembler.jumpIf('less', end); // jl +11
  assembler.jumpIf('notEqual', start); // jne -12
  assembler.jump(start); // jmp -17
  assembler.place(end);
  assert.is(hex(assembler.bytes), '0f 8c 0b 00 00 00 0f 85 f4 ff ff ff e9 ef ff ff ff');
});

test('a jump to no place is found', () => {
  const assembler = new Assembler();
  assembler.jump({ jumps: [] });
  assert.throws(() => assembler.bytes, /no place/);
});

test.run();
