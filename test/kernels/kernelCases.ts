import type { KernelName } from '../../src/kernels/contract.ts';
import { matmulParameters } from '../../src/kernels/matmulParameters.ts';
import {
  elements,
  entropies,
  gathers,
  integers,
  lionSteps,
  matrices,
  nesterovSteps,
  norms,
  optimizerSteps,
  ratios,
  rotations,
  saved,
  scattered,
  sizes,
  spansWithin,
  stableSteps,
  tables,
  uniform,
} from './caseMakers.ts';
import type { KernelCase, Make } from './caseMakers.ts';
import { fusedCases } from './fusedCases.ts';

const plainProducts = [
  { m: 1, n: 1, k: 1 },
  { m: 3, n: 5, k: 7 },
  { m: 1, n: 130, k: 65 },
  { m: 130, n: 1, k: 300 },
  { m: 33, n: 31, k: 257 },
  { m: 128, n: 96, k: 520 },
  { m: 33, n: 31, k: 1100 },
  { m: 66, n: 40, k: 2100 },
].flatMap(({ m, n, k }) =>
  [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({
      parameters: matmulParameters({
        m,
        n,
        k,
        transposeA,
        transposeB,
        scale: 0.7,
        a: { row: transposeA ? m : k },
        b: { row: transposeB ? k : n },
        c: { row: n },
      }),
    })),
  ),
);

/** Heads within (batch, length, ES), as in attention: from columns to squares, and from squares to columns. */
const headProducts = [
  { outer: 1, inner: 1, length: 1, size: 1 },
  { outer: 2, inner: 3, length: 5, size: 7 },
  { outer: 3, inner: 2, length: 33, size: 16 },
  { outer: 2, inner: 4, length: 64, size: 32 },
].flatMap(({ outer, inner, length, size }) => {
  const columns = { row: inner * size, outer: length * inner * size, inner: size };
  const square = { row: length, outer: inner * length * length, inner: length * length };
  return [
    { m: length, n: length, k: size, transposeB: true, a: columns, b: columns, c: square },
    { m: length, n: size, k: length, a: square, b: columns, c: columns },
    { m: length, n: size, k: length, transposeA: true, a: square, b: columns, c: columns },
  ].map((product) => ({ parameters: matmulParameters({ ...product, outer, inner, scale: 0.3 }) }));
});

/** Nothing repeated, a number, and rows, with sizes that are multiples of four or not. */
const repeated = [
  ...sizes.map((size) => ({ size, period: size })),
  ...sizes.map((size) => ({ size, period: 1 })),
  ...matrices.map(({ rows, columns }) => ({ size: rows * columns, period: columns })),
].map((parameters) => ({ parameters }));

/** Small values, which must stay accurate, and large ones, which must not overflow. */
const curves = [0.01, 1, 6, 100].flatMap((most) =>
  sizes.map((size) => ({ parameters: { size }, inputs: { x: uniform(-most, most) } })),
);

/** Every second exponential underflows to 0 in float32. */
const someFarBelow: Make = (random, size) =>
  Float32Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 12 * random() - 6 : -60 - 140 * random()));

/** Positive and negative numbers, and both zeros. */
const aroundZero: Make = (random, size) =>
  Float32Array.from({ length: size }, (_, i) => [0, -0, 2 * random() - 1, 200 * random() - 100][i % 4]);

/** Rows of two halves, for both forms of GELU. */
const halves = [0, 1].flatMap((tanh) =>
  matrices.map((matrix) => ({ parameters: { ...matrix, tanh }, inputs: { x: uniform(-6, 6) } })),
);

const large = [{ parameters: { rows: 5, columns: 200 }, inputs: { x: uniform(-1e4, 1e4) } }];

export const kernelCases: { readonly [K in KernelName]: readonly KernelCase<K>[] } = {
  matmul: [...plainProducts, ...headProducts],
  ...fusedCases,
  add: elements,
  mul: repeated,
  affine: sizes.map((size) => ({ parameters: { size, factor: -0.7, term: 1.5 } })),
  reciprocal: [0.5, -100].flatMap((end) =>
    sizes.map((size) => ({ parameters: { size }, inputs: { x: uniform(end, end / 100) } })),
  ),
  exp: sizes.map((size) => ({ parameters: { size }, inputs: { x: someFarBelow } })),
  tanh: curves,
  tanhBackward: elements,
  relu: sizes.map((size) => ({ parameters: { size }, inputs: { x: aroundZero } })),
  reluBackward: sizes.map((size) => ({ parameters: { size }, inputs: { y: aroundZero } })),
  transpose: [{ batch: 1 }, { batch: 3 }].flatMap(({ batch }) =>
    matrices.map((matrix) => ({ parameters: { batch, ...matrix } })),
  ),
  fill: sizes.map((size) => ({ parameters: { size, value: -1.5 } })),
  sum: sizes.map((size) => ({ parameters: { size, scale: 0.5 }, inputs: { x: uniform(0, 1) } })),
  broadcast: sizes.map((size) => ({ parameters: { size, scale: 0.5 } })),
  addBias: tables,
  sumRows: matrices.map((parameters) => ({ parameters, inputs: { x: uniform(0, 1) } })),
  gelu: [0, 1].flatMap((tanh) => sizes.map((size) => ({ parameters: { size, tanh }, inputs: { x: uniform(-6, 6) } }))),
  geluBackward: [0, 1].flatMap((tanh) =>
    sizes.map((size) => ({ parameters: { size, tanh }, inputs: { x: uniform(-6, 6) } })),
  ),
  geglu: halves,
  gegluBackward: halves,
  rotate: rotations,
  dropout: sizes.map((size) => ({ parameters: { size, rate: 0.3, keyHigh: 123456, keyLow: 16777215 } })),
  softmax: [...tables, ...large],
  maskedSoftmax: [
    { batch: 1, heads: 1, length: 1 },
    { batch: 2, heads: 3, length: 5 },
    { batch: 3, heads: 2, length: 67 },
  ].map((parameters) => ({ parameters, inputs: { spans: spansWithin(parameters.length) } })),
  softmaxBackward: matrices.map((parameters) => ({ parameters, inputs: { y: uniform(0, 1) } })),
  layerNorm: norms.flatMap((parameters) => [{ parameters }, { parameters, inputs: { x: uniform(99, 101) } }]),
  layerNormBackward: norms.map((parameters) => ({ parameters, inputs: saved })),
  layerNormParameterGradients: matrices.map((parameters) => ({ parameters, inputs: saved })),
  gather: gathers,
  scatterSum: scattered,
  crossEntropy: [...matrices, { rows: 3, columns: 5000 }].flatMap((parameters) => [
    { parameters, inputs: { labels: integers(parameters.columns) } },
    { parameters, inputs: { labels: integers(parameters.columns), logits: uniform(-500, 500) } },
  ]),
  crossEntropyBackward: entropies,
  argmax: [...matrices.map((parameters) => ({ parameters, inputs: { x: integers(5) } })), ...large], // integers tie
  sumSquares: elements,
  accumulate: elements,
  normaliseRows: [...matrices, { rows: 3, columns: 9000 }].map((matrix) => ({
    parameters: { ...matrix, epsilon: 1e-7 },
    inputs: { x: uniform(-2, 2) },
  })),
  nesterov: nesterovSteps,
  lion: lionSteps,
  adamw: optimizerSteps,
  adamwRatio: ratios,
  adamwStable: stableSteps,
};
