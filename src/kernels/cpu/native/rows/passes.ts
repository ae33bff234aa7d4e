import {
  TASK_ADAMW,
  TASK_DROP,
  TASK_DROP_BOTH,
  TASK_EXP,
  TASK_GELU,
  TASK_GELU_BOTH,
  TASK_MOMENTS,
  TASK_NORM_BACKWARD,
  TASK_NORM_GRADIENTS,
  TASK_NORM_SUMS,
  TASK_NORMALISE,
  TASK_SOFTMAX,
  TASK_SOFTMAX_BACKWARD,
  TASK_SUM_EXP,
  TASK_SUM_FOURS,
  TASK_SUM_SQUARES,
} from '../../jobs/layout.ts';
import { adamwRows } from './adamwRows.ts';
import { dropBothRows, dropRows } from './dropRows.ts';
import { exponentialRows } from './exponentialRows.ts';
import { geluBothRows, geluRows } from './geluRows.ts';
import { momentRows, normaliseRows, normBackwardRows, normGradientRows, normSumRows } from './normRows.ts';
import { softmaxBackwardRows, softmaxRows } from './softmaxRows.ts';
import { sumExponentials, sumFours, sumSquares } from './sumRows.ts';

/** Passes over rows by their tasks. */
export const passes = [
  [TASK_SOFTMAX, softmaxRows],
  [TASK_SOFTMAX_BACKWARD, softmaxBackwardRows],
  [TASK_GELU, geluRows],
  [TASK_GELU_BOTH, geluBothRows],
  [TASK_DROP, dropRows],
  [TASK_DROP_BOTH, dropBothRows],
  [TASK_EXP, exponentialRows],
  [TASK_MOMENTS, momentRows],
  [TASK_NORMALISE, normaliseRows],
  [TASK_NORM_SUMS, normSumRows],
  [TASK_NORM_BACKWARD, normBackwardRows],
  [TASK_NORM_GRADIENTS, normGradientRows],
  [TASK_ADAMW, adamwRows],
  [TASK_SUM_FOURS, sumFours],
  [TASK_SUM_EXP, sumExponentials],
  [TASK_SUM_SQUARES, sumSquares],
] as const;
