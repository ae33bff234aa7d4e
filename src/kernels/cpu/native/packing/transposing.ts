import { PACK_DEPTH, PACK_LANES, PACK_SOURCE, PACK_STEP, PACK_STRIDE, PACK_TARGET } from '../../jobs/layout.ts';
import { loadAddress } from '../convention.ts';
import { at, r10, r11, r12, r13, r14, r15, r8, r9, rax, rbp, rbx, rcx, rdx, rsi } from '../operands.ts';
import type { WideAssembler } from '../wideAssembler.ts';

const [CALL, SOURCE, TARGET, STRIDE, STEP] = [rsi, r10, r11, r8, r9];
const [FROM, ROW, LEFT, LANES, TRIPLE] = [rax, rdx, r12, rbx, r13];
const TO = [rcx, r14, r15, rbp]; // rows 0, 4, 8 and 12 of a block of the target
const VECTOR = 64; // bytes
export const LANES_OF_VECTOR = 16;

/** Words of 32 bits: rows become columns, in blocks of 16 x 16 that both must be whole of. */
export function transposeWords(a: WideAssembler): void {
  loadAddress(a, SOURCE, PACK_SOURCE);
  loadAddress(a, TARGET, PACK_TARGET);
  a.load32(STRIDE, at(CALL, PACK_STRIDE));
  a.load32(STEP, at(CALL, PACK_STEP));
  a.load32(LANES, at(CALL, PACK_LANES));
  a.address(TRIPLE, at(STEP, 0, STEP, 2));
  const strip = a.place();
  a.move(FROM, SOURCE);
  a.move(TO[0], TARGET);
  a.load32(LEFT, at(CALL, PACK_DEPTH));
  const block = a.place();
  a.move(ROW, FROM);
  for (let i = 0; i < LANES_OF_VECTOR; i++) {
    a.loadVector(512, i, at(ROW));
    a.add(ROW, STRIDE);
  }
  for (const i of [1, 2, 3]) a.address(TO[i], at(TO[i - 1], 0, STEP, 4));
  transpose(a, LANES_OF_VECTOR, (vector, row) => {
    const to = TO[row >> 2];
    const place = [at(to), at(to, 0, STEP), at(to, 0, STEP, 2), at(to, 0, TRIPLE)][row & 3];
    a.storeVector(512, place, vector);
  });
  a.address(TO[0], at(TO[3], 0, STEP, 4));
  a.addConstant(FROM, VECTOR);
  a.addConstant(LEFT, -LANES_OF_VECTOR);
  a.jumpIf('greater', block);
  for (let i = 0; i < 2; i++) a.address(SOURCE, at(SOURCE, 0, STRIDE, 8));
  a.addConstant(TARGET, VECTOR);
  a.addConstant(LANES, -LANES_OF_VECTOR);
  a.jumpIf('greater', strip);
}

/** Vectors from 0 on, one a lane, become 16 vectors of a k each. @param use is given their registers, in any order */
export function transpose(a: WideAssembler, lanes: number, use: (vector: number, k: number) => void): void {
  const halves = ['lower', 'upper'] as const;
  for (let i = 0; i < lanes; i += 2) for (const [j, half] of halves.entries()) a.interleave(half, 16 + i + j, i, i + 1);
  for (let i = 0; i < lanes; i += 4)
    for (const j of [0, 1])
      for (const [k, half] of halves.entries()) a.interleave(half, i + 2 * j + k, 16 + i + j, 16 + i + j + 2, true);
  // Quarter q of vector 4 g + j now holds k = 4 q + j of lanes 4 g to 4 g + 3.
  const LAST = lanes === LANES_OF_VECTOR ? 12 : 8; // where there are no more lanes, anything will do
  for (let j = 0; j < 4; j++)
    for (const [half, quarters] of [0b01_00_01_00, 0b11_10_11_10].entries()) {
      a.orderQuarters(16, j, quarters, j + 4);
      a.orderQuarters(17, j + 8, quarters, j + LAST);
      a.orderQuarters(18, 16, 0b10_00_10_00, 17);
      a.orderQuarters(19, 16, 0b11_01_11_01, 17);
      use(18, 8 * half + j);
      use(19, 8 * half + 4 + j);
    }
}
