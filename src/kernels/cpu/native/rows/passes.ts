import {
  TASK_DROP,
  TASK_DROP_BOTH,
  TASK_EXP,
  TASK_GELU,
  TASK_GELU_BOTH,
  TASK_SOFTMAX,
  TASK_SOFTMAX_BACKWARD,
} from '../../jobs/layout.ts';
import { dropBothRows, dropRows } from './dropRows.ts';
import { exponentialRows } from './exponentialRows.ts';
import { geluBothRows, geluRows } from './geluRows.ts';
import { softmaxBackwardRows, softmaxRows } from './softmaxRows.ts';

/** Passes over rows by their tasks. */
export const passes = [
  [TASK_SOFTMAX, softmaxRows],
  [TASK_SOFTMAX_BACKWARD, softmaxBackwardRows],
  [TASK_GELU, geluRows],
  [TASK_GELU_BOTH, geluBothRows],
  [TASK_DROP, dropRows],
  [TASK_DROP_BOTH, dropBothRows],
  [TASK_EXP, exponentialRows],
] as const;
