import { add } from '../ops/arithmetic/add.ts';
import { div } from '../ops/arithmetic/div.ts';
import { exp } from '../ops/arithmetic/exp.ts';
import { mean } from '../ops/arithmetic/mean.ts';
import { mul } from '../ops/arithmetic/mul.ts';
import { relu } from '../ops/arithmetic/relu.ts';
import { sub } from '../ops/arithmetic/sub.ts';
import { sum } from '../ops/arithmetic/sum.ts';
import { tanh } from '../ops/arithmetic/tanh.ts';
import { matmul } from '../ops/matrices/matmul.ts';
import { reshape } from '../ops/matrices/reshape.ts';
import { transpose } from '../ops/matrices/transpose.ts';
import { row } from './row.ts';
import type { OpCheck } from './row.ts';

/** Pairs of shapes that broadcast: a scalar, one element, a row, one matrix for a batch, and the larger one second. */
const broadcasts = [
  { a: [2, 3], b: [] },
  { a: [3, 1], b: [1] },
  { a: [1, 3], b: [3] },
  { a: [2, 2, 3], b: [3] },
  { a: [2, 2, 3], b: [1, 2, 3] },
  { a: [3], b: [5, 3] },
];

/** The ops that custom networks are composed of. */
export const arithmeticChecks: readonly OpCheck[] = [
  ...Object.entries({ add, sub, mul, div }).flatMap(([name, op]) => [
    row(name, { a: [2, 3], b: [2, 3] }, (tape, { a, b }) => op(tape.use(a), b)),
    row(`${name} of a tensor and itself`, { a: [4] }, (tape, { a }) => op(op(tape.use(a), a), a)),
    row(`${name} of a tensor and a number`, { a: [2, 3] }, (tape, { a }) => op(tape.use(a), -0.3)),
    ...broadcasts.map(({ a: left, b: right }) =>
      row(`${name} of (${left.join(', ')}) and (${right.join(', ')})`, { a: left, b: right }, (tape, { a, b }) =>
        op(tape.use(a), b),
      ),
    ),
  ]),
  row('exp', { x: [4, 4] }, (tape, { x }) => exp(tape.use(x))),
  row('tanh', { x: [4, 4] }, (tape, { x }) => tanh(tape.use(x))),
  row('relu', { x: [4, 4] }, (tape, { x }) => relu(tape.use(x))),
  row('sum', { x: [3, 4] }, (tape, { x }) => sum(tape.use(x), 0.25)),
  row('mean', { x: [3, 4] }, (tape, { x }) => mean(tape.use(x))),
  ...[false, true].flatMap((transposeA) =>
    [false, true].flatMap((transposeB) =>
      [[], [2]].map((batch) => {
        const shapes = {
          a: [...batch, ...(transposeA ? [4, 3] : [3, 4])],
          b: [...batch, ...(transposeB ? [5, 4] : [4, 5])],
        };
        const name = `matmul of ${batch.length > 0 ? 'batches, ' : ''}a${transposeA ? "'" : ''} @ b${transposeB ? "'" : ''}`;
        return row(name, shapes, (tape, { a, b }) => matmul(tape.use(a), b, { transposeA, transposeB }));
      }),
    ),
  ),
  ...[false, true].map((transposeB) =>
    row(
      `matmul of a batch by one b${transposeB ? "'" : ''}`,
      { a: [2, 3, 4], b: transposeB ? [5, 4] : [4, 5] },
      (tape, { a, b }) => matmul(tape.use(a), b, { transposeB }),
    ),
  ),
  row('reshape', { x: [2, 6] }, (tape, { x }) => reshape(tape.use(x), [3, 2, 2])),
  row('reshape of a tensor that other ops use', { x: [2, 6] }, (tape, { x }) => {
    const made = exp(tape.use(x));
    return mul(reshape(made, [3, 4]), reshape(tanh(made), [3, 4]));
  }),
  row('transpose', { x: [3, 5] }, (tape, { x }) => transpose(tape.use(x))),
  row('transpose of a batch', { x: [2, 3, 4] }, (tape, { x }) => transpose(tape.use(x))),
];
