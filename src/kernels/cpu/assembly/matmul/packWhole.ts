// Packing of floats into whole panels by machine code (native/packing/floatPanels.ts).
import { TASK_COLUMNS_ACROSS, TASK_COLUMNS_ALONG, TASK_ROWS_ACROSS, TASK_ROWS_ALONG } from '../../jobs/layout';
import { nativeRows } from '../memory/job';
import { pass } from '../nativeRows';

/**
 * As packPanels, of lanes that fill panels.
 * @returns how many k have been packed: across only as many as fill vectors
 */
export function packWhole(
  width: i32,
  source: usize,
  stride: usize,
  across: bool,
  depth: i32,
  lanes: i32,
  target: usize,
  whole: i32,
): i32 {
  const packed = across ? depth & ~15 : depth;
  if (lanes == 0 || packed == 0) return 0;
  const ofA = width == nativeRows();
  const task = across ? (ofA ? TASK_ROWS_ACROSS : TASK_COLUMNS_ACROSS) : ofA ? TASK_ROWS_ALONG : TASK_COLUMNS_ALONG;
  pass(task, source, <i32>stride, target, 4 * width * whole, 0, 0, packed, lanes / width);
  return packed;
}
