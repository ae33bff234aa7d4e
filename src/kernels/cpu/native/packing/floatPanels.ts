import {
  PASS_COLUMNS,
  PASS_ROWS,
  PASS_X,
  PASS_X_ROW,
  PASS_Y,
  PASS_Y_ROW,
  TASK_COLUMNS_ACROSS,
  TASK_COLUMNS_ALONG,
  TASK_ROWS_ACROSS,
  TASK_ROWS_ALONG,
} from '../../jobs/layout.ts';
import { loadAddress } from '../convention.ts';
import { at, open, r10, r11, r12, r13, r14, r15, r8, r9, rax, rbp, rbx, rcx, rdi, rdx, rsi } from '../operands.ts';
import { LANES_OF_VECTOR as LANES, transpose } from './transposing.ts';
import type { WideAssembler } from '../wideAssembler.ts';

// Packing of floats into whole panels, as assembly/matmul/packPanels.ts does. The source's rows are k where lanes lie side by side, else lanes.

const [CALL, SOURCE, STRIDE, TARGET, PANEL, DEPTH, PANELS] = [rsi, r8, r9, r10, r11, r12, r13];
const STRIP = 16; // k that are packed for all panels before the next, as there
const WHOLE = 1; // a mask

function begin(a: WideAssembler, width: number): void {
  loadAddress(a, SOURCE, PASS_X);
  loadAddress(a, TARGET, PASS_Y);
  a.load32(STRIDE, at(CALL, PASS_X_ROW));
  a.load32(PANEL, at(CALL, PASS_Y_ROW));
  a.load32(DEPTH, at(CALL, PASS_ROWS));
  a.load32(PANELS, at(CALL, PASS_COLUMNS));
  a.move32(rax, (1 << Math.min(width, LANES)) - 1);
  a.setMask(WHOLE, rax);
}

/** Lanes that lie side by side. */
const packAlong =
  (width: number) =>
  (a: WideAssembler): void => {
    const [FROM, TO, LEFT, ROWS, PANEL_FROM, PANEL_TO] = [rax, rcx, rbx, rdx, r14, r15];
    begin(a, width);
    const [end, whole] = [open(), open()];
    const strip = a.place();
    a.compare(DEPTH, 0);
    a.jumpIf('lessOrEqual', end);
    a.move(PANEL_FROM, SOURCE);
    a.move(PANEL_TO, TARGET);
    a.move(LEFT, PANELS);
    const panel = a.place();
    a.move(FROM, PANEL_FROM);
    a.move(TO, PANEL_TO);
    a.move(ROWS, DEPTH);
    a.compare(ROWS, STRIP);
    a.jumpIf('lessOrEqual', whole);
    a.move32(ROWS, STRIP);
    a.place(whole);
    const row = a.place();
    for (let lane = 0; lane < width; lane += LANES) {
      const mask = width - lane < LANES ? WHOLE : 0;
      a.loadVector(512, 0, at(FROM, 4 * lane), mask);
      a.storeVector(512, at(TO, 4 * lane), 0, mask);
    }
    a.add(FROM, STRIDE);
    a.addConstant(TO, 4 * width);
    a.addConstant(ROWS, -1);
    a.jumpIf('notEqual', row);
    a.addConstant(PANEL_FROM, 4 * width);
    a.add(PANEL_TO, PANEL);
    a.addConstant(LEFT, -1);
    a.jumpIf('notEqual', panel);
    a.address(rax, at(STRIDE, 0, STRIDE)); // twice the stride
    a.address(SOURCE, at(SOURCE, 0, rax, 8));
    a.addConstant(TARGET, 4 * width * STRIP);
    a.addConstant(DEPTH, -STRIP);
    a.jump(strip);
    a.place(end);
  };

const BASES = [rax, rcx, rdx, rbx, rbp, r14]; // of lanes, three apart

/** Lanes that are contiguous over k, of which there are whole vectors. */
const packAcross =
  (width: number) =>
  (a: WideAssembler): void => {
    const [TRIPLE, TO, LEFT, FIRST] = [rsi, rdi, r15, BASES[0]];
    begin(a, width);
    a.address(TRIPLE, at(STRIDE, 0, STRIDE, 2));
    const panel = a.place();
    for (let lane = 0; lane < width; lane += LANES) {
      const lanes = Math.min(LANES, width - lane);
      a.move(FIRST, SOURCE);
      addStrides(a, FIRST, lane);
      for (let i = 1; 3 * i < lanes; i++) a.address(BASES[i], at(BASES[i - 1], 0, TRIPLE));
      a.move(TO, TARGET);
      a.move(LEFT, DEPTH);
      const next = a.place();
      for (let i = 0; i < lanes; i++)
        a.loadVector(
          512,
          i,
          i % 3 === 0 ? at(BASES[i / 3]) : at(BASES[Math.floor(i / 3)], 0, STRIDE, i % 3 === 1 ? 1 : 2),
        );
      transpose(a, lanes, (vector, k) =>
        a.storeVector(512, at(TO, 4 * (k * width + lane)), vector, lanes < LANES ? WHOLE : 0),
      );
      for (let i = 0; 3 * i < lanes; i++) a.addConstant(BASES[i], 4 * LANES);
      a.addConstant(TO, 4 * width * LANES);
      a.addConstant(LEFT, -LANES);
      a.jumpIf('notEqual', next);
    }
    addStrides(a, SOURCE, width);
    a.add(TARGET, PANEL);
    a.addConstant(PANELS, -1);
    a.jumpIf('notEqual', panel);
  };

function addStrides(a: WideAssembler, to: number, count: number): void {
  for (const part of [8, 4, 2, 1] as const) for (; count >= part; count -= part) a.address(to, at(to, 0, STRIDE, part));
}

/** Packing by its tasks, for tiles of so many rows and columns. */
export const floatPanels = (rows: number, columns: number) =>
  [
    [TASK_ROWS_ALONG, packAlong(rows)],
    [TASK_ROWS_ACROSS, packAcross(rows)],
    [TASK_COLUMNS_ALONG, packAlong(columns)],
    [TASK_COLUMNS_ACROSS, packAcross(columns)],
  ] as const;
