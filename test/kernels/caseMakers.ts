import { sortByRow } from '../../src/kernels/sortByRow.ts';
import type { InputName, KernelName, KernelParameters } from '../../src/kernels/contract.ts';

export type Random = () => number;
export type Make = (random: Random, size: number) => ArrayLike<number>;

/** One call of a kernel: its parameters, and those inputs that must not be arbitrary numbers near 1. */
export interface KernelCase<K extends KernelName> {
  readonly parameters: KernelParameters<K>;
  readonly inputs?: { readonly [I in InputName<K>]?: Make };
  /** The forward kernel, if this is its backward: the forward's outputs on these inputs replace inputs of the same name. */
  readonly after?: KernelName;
}

export const sizes = [1, 2, 3, 7, 64, 1000, 4099];
export const matrices = [
  { rows: 1, columns: 1 },
  { rows: 1, columns: 300 },
  { rows: 5, columns: 1 },
  { rows: 3, columns: 7 },
  { rows: 17, columns: 128 },
  { rows: 33, columns: 65 },
  { rows: 2, columns: 1031 },
  { rows: 300, columns: 12 },
];
export const elements = sizes.map((size) => ({ parameters: { size } }));
export const tables = matrices.map((parameters) => ({ parameters }));

export const uniform =
  (low: number, high: number): Make =>
  (random, size) =>
    Float32Array.from({ length: size }, () => low + (high - low) * random());
export const integers =
  (limit: number) =>
  (random: Random, size: number): Int32Array =>
    Int32Array.from({ length: size }, () => Math.floor(random() * limit));

/** A range of keys for each query; about a third of the ranges are empty. */
export const spansWithin =
  (length: number): Make =>
  (random, size) =>
    Int32Array.from({ length: size / 2 }).reduce((spans, _, i) => {
      const [start, end] = [Math.floor(random() * length), Math.floor(random() * (length + 1))];
      return spans.fill(start, 2 * i, 2 * i + 1).fill(Math.max(start, end), 2 * i + 1, 2 * i + 2);
    }, new Int32Array(size));

export const gathers = matrices.map(({ rows, columns }) => ({
  parameters: { rows, columns, tableRows: 50 },
  inputs: { indices: integers(50) },
}));

/** Halves of heads that are multiples of four or not, there and back. */
export const rotations = [
  { rows: 1, heads: 1, headSize: 2 },
  { rows: 7, heads: 3, headSize: 10 },
  { rows: 65, heads: 2, headSize: 64 },
  { rows: 300, heads: 12, headSize: 8 },
].flatMap((shape) =>
  [0, 1].map((inverse) => ({
    parameters: { ...shape, tableRows: 50, inverse },
    inputs: { positions: integers(50), table: uniform(-1, 1) },
  })),
);

export const entropies = matrices.map((parameters) => ({
  parameters,
  inputs: { labels: integers(parameters.columns), logSumExp: uniform(2, 4) },
}));

export const norms = [
  { epsilon: 1e-5, unbiased: 0 },
  { epsilon: 1e-6, unbiased: 1 },
].flatMap((form) => matrices.map((matrix) => ({ ...matrix, ...form })));
export const saved = { inverse: uniform(0.5, 2) };

export const constant =
  (value: number): Make =>
  (_, size) =>
    new Float32Array(size).fill(value);

const adamw = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-6,
  weightDecay: 0.1,
  correction1: 0.1,
  correction2: 0.02,
};
export const lionSteps = sizes.flatMap((size) =>
  [0, 0.5].map((clipNorm) => ({
    parameters: {
      size,
      decayed: Math.floor(size / 2),
      clipNorm,
      learningRate: 0.01,
      beta1: 0.9,
      beta2: 0.99,
      weightDecay: 0.1,
    },
    inputs: { gradients: uniform(-1, 1), momentum: uniform(-1, 1), squaredNorm: uniform(1, 2) },
  })),
);
export const nesterovSteps = sizes.flatMap((size) =>
  [0, 0.5].map((clipNorm) => ({
    parameters: { size, beta: 0.95, clipNorm },
    inputs: { gradients: uniform(-1, 1), squaredNorm: uniform(1, 2) },
  })),
);
export const optimizerSteps = sizes.flatMap((size) =>
  [0, 0.5].map((clipNorm) => ({
    parameters: { size, decayed: Math.floor(size / 2), clipNorm, ...adamw },
    inputs: { secondMoment: uniform(0, 1), squaredNorm: uniform(1, 2) },
  })),
);

export const ratios = optimizerSteps.flatMap(({ parameters: { size, clipNorm }, inputs }) => {
  const { beta2, correction2, epsilon } = adamw;
  const parameters = { size, clipNorm, beta2, correction2, epsilon };
  return [
    { parameters, inputs },
    { parameters, inputs: { ...inputs, secondMoment: constant(0), gradients: uniform(-1e-6, 1e-6) } }, // below epsilon
  ];
});
/** At a share of the rate, and at all of it. */
export const stableSteps = optimizerSteps.flatMap(({ parameters, inputs }) =>
  [3, 0.5].map((ratio) => ({
    parameters: { ...parameters, count: parameters.size },
    inputs: { ...inputs, squaredRatio: uniform(ratio * parameters.size, 1.1 * ratio * parameters.size) },
  })),
);

/** Sums of rows by the row they belong to. */
export const scattered = [
  { rows: 1, columns: 1, count: 1 },
  { rows: 9, columns: 5, count: 40 },
  { rows: 700, columns: 33, count: 90 },
  { rows: 3, columns: 128, count: 1000 },
  { rows: 2, columns: 65, count: 4300 }, // thousands a row
].map((parameters) => {
  const sorted = (random: Random): ReturnType<typeof sortByRow> =>
    sortByRow(Int32Array.from(integers(parameters.rows)(random, parameters.count)), parameters.rows);
  let last: ReturnType<typeof sortByRow>; // order and offsets belong together: order is made first
  return {
    parameters,
    inputs: { order: (random: Random) => (last = sorted(random)).order, offsets: () => last.offsets },
  };
});
