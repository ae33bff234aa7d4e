import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { functionOfTwo } from '../../../../src/kernels/cpu/native/convention.ts';
import { cpuidCode, xgetbvCode } from '../../../../src/kernels/cpu/native/features.ts';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
/** Instructions and their bytes, as GNU as 2.40 makes them ({vex3}). */
const code = (...lines: readonly (readonly [bytes: string, mnemonic: string])[]): string =>
  lines.map(([bytes]) => bytes).join(' ');

test('System V: what belongs to the caller is put back', () => {
  const expected = code(
    ['53', 'push rbx'],
    ['55', 'push rbp'],
    ['41 54', 'push r12'],
    ['41 55', 'push r13'],
    ['41 56', 'push r14'],
    ['41 57', 'push r15'],
    ['0f a2', 'cpuid: the body'],
    ['c5 f8 77', 'vzeroupper'],
    ['41 5f', 'pop r15'],
    ['41 5e', 'pop r14'],
    ['41 5d', 'pop r13'],
    ['41 5c', 'pop r12'],
    ['5d', 'pop rbp'],
    ['5b', 'pop rbx'],
    ['c3', 'ret'],
  );
  assert.is(hex(functionOfTwo('systemV', (a) => a.cpuid())), expected);
});

test('Windows: so it is, which is more, and the arguments go where the body finds them', () => {
  const expected = code(
    ['53', 'push rbx'],
    ['55', 'push rbp'],
    ['41 54', 'push r12'],
    ['41 55', 'push r13'],
    ['41 56', 'push r14'],
    ['41 57', 'push r15'],
    ['56', 'push rsi'],
    ['57', 'push rdi'],
    ['48 81 c4 60 ff ff ff', 'add rsp, -160'],
    ['c4 e1 78 11 34 24', 'vmovups [rsp], xmm6'],
    ['c4 e1 78 11 7c 24 10', 'vmovups [rsp+16], xmm7'],
    ['c4 61 78 11 44 24 20', 'vmovups [rsp+32], xmm8'],
    ['c4 61 78 11 4c 24 30', 'vmovups [rsp+48], xmm9'],
    ['c4 61 78 11 54 24 40', 'vmovups [rsp+64], xmm10'],
    ['c4 61 78 11 5c 24 50', 'vmovups [rsp+80], xmm11'],
    ['c4 61 78 11 64 24 60', 'vmovups [rsp+96], xmm12'],
    ['c4 61 78 11 6c 24 70', 'vmovups [rsp+112], xmm13'],
    ['c4 61 78 11 b4 24 80 00 00 00', 'vmovups [rsp+128], xmm14'],
    ['c4 61 78 11 bc 24 90 00 00 00', 'vmovups [rsp+144], xmm15'],
    ['48 89 cf', 'mov rdi, rcx'],
    ['48 89 d6', 'mov rsi, rdx'],
    ['0f a2', 'cpuid: the body'],
    ['c5 f8 77', 'vzeroupper'],
    ['c4 e1 78 10 34 24', 'vmovups xmm6, [rsp]'],
    ['c4 e1 78 10 7c 24 10', 'vmovups xmm7, [rsp+16]'],
    ['c4 61 78 10 44 24 20', 'vmovups xmm8, [rsp+32]'],
    ['c4 61 78 10 4c 24 30', 'vmovups xmm9, [rsp+48]'],
    ['c4 61 78 10 54 24 40', 'vmovups xmm10, [rsp+64]'],
    ['c4 61 78 10 5c 24 50', 'vmovups xmm11, [rsp+80]'],
    ['c4 61 78 10 64 24 60', 'vmovups xmm12, [rsp+96]'],
    ['c4 61 78 10 6c 24 70', 'vmovups xmm13, [rsp+112]'],
    ['c4 61 78 10 b4 24 80 00 00 00', 'vmovups xmm14, [rsp+128]'],
    ['c4 61 78 10 bc 24 90 00 00 00', 'vmovups xmm15, [rsp+144]'],
    ['48 81 c4 a0 00 00 00', 'add rsp, 160'],
    ['5f', 'pop rdi'],
    ['5e', 'pop rsi'],
    ['41 5f', 'pop r15'],
    ['41 5e', 'pop r14'],
    ['41 5d', 'pop r13'],
    ['41 5c', 'pop r12'],
    ['5d', 'pop rbp'],
    ['5b', 'pop rbx'],
    ['c3', 'ret'],
  );
  assert.is(hex(functionOfTwo('windows', (a) => a.cpuid())), expected);
});

for (const [convention, first] of [
  ['systemV', ['49 89 fa', 'mov r10, rdi']],
  ['windows', ['49 89 ca', 'mov r10, rcx']],
] as const)
  test(`${convention}: the code that asks the processor`, () => {
    const asked = code(
      first,
      ['49 89 db', 'mov r11, rbx'],
      ['41 8b 02', 'mov eax, [r10]'],
      ['41 8b 4a 04', 'mov ecx, [r10+4]'],
      ['0f a2', 'cpuid'],
      ['41 89 02', 'mov [r10], eax'],
      ['41 89 5a 04', 'mov [r10+4], ebx'],
      ['41 89 4a 08', 'mov [r10+8], ecx'],
      ['41 89 52 0c', 'mov [r10+12], edx'],
      ['4c 89 db', 'mov rbx, r11'],
      ['c3', 'ret'],
    );
    assert.is(hex(cpuidCode(convention)), asked);
    const kept = code(
      first,
      ['b9 00 00 00 00', 'mov ecx, 0'],
      ['0f 01 d0', 'xgetbv'],
      ['41 89 02', 'mov [r10], eax'],
      ['c3', 'ret'],
    );
    assert.is(hex(xgetbvCode(convention)), kept);
  });

test.run();
