import type { OptionalKernel } from '../../src/kernels/contract.ts';
import {
  constant,
  entropies,
  gathers,
  integers,
  lionSteps,
  matrices,
  norms,
  optimizerSteps,
  ratios,
  rotations,
  saved,
  scattered,
  sizes,
  stableSteps,
  spansWithin,
  uniform,
} from './caseMakers.ts';
import type { KernelCase, Make } from './caseMakers.ts';

const masks = [
  { rate: 0.3, keyHigh: 123456, keyLow: 16777215 },
  { rate: 0, keyHigh: 0, keyLow: 0 },
];
const drawnMatrices = masks.flatMap((mask) => matrices.map((matrix) => ({ ...matrix, ...mask })));
const drawnElements = masks.flatMap((mask) => sizes.map((size) => ({ parameters: { size, ...mask } })));
const drawnGelu = drawnElements.flatMap(({ parameters }) =>
  [0, 1].map((tanh) => ({ parameters: { ...parameters, tanh }, inputs: { x: uniform(-6, 6) } })),
);
const drawnNorms = masks.flatMap((mask) => norms.map((norm) => ({ ...norm, ...mask })));

/** Sequences packed end to end in each row, 1 to 40 tokens each: every query attends to its own. */
const sequencesWithin =
  (length: number): Make =>
  (random, size) => {
    const spans = new Int32Array(size);
    for (let start = 0; start < size / 2;) {
      const end = Math.min(size / 2, (Math.floor(start / length) + 1) * length, start + 1 + Math.floor(40 * random()));
      const row = Math.floor(start / length) * length;
      for (let query = start; query < end; query++) spans.set([start - row, end - row], 2 * query);
      start = end;
    }
    return spans;
  };

/** The same, but only to keys at most `distance` away. */
const windowsWithin =
  (length: number, distance: number): Make =>
  (random, size) => {
    const spans = Int32Array.from(sequencesWithin(length)(random, size));
    for (let i = 0; i < size; i += 2) {
      const place = (i / 2) % length;
      spans[i] = Math.max(spans[i], place - distance);
      spans[i + 1] = Math.min(spans[i + 1], place + distance + 1);
    }
    return spans;
  };

/** Every query attends to all tokens of its row. */
const wholeRows =
  (length: number): Make =>
  (_, size) =>
    Int32Array.from({ length: size }, (_, i) => (i % 2) * length);

const attentions = [
  { batch: 1, heads: 1, length: 1, headSize: 1 },
  { batch: 2, heads: 3, length: 5, headSize: 7 },
  { batch: 3, heads: 2, length: 67, headSize: 16 },
  { batch: 1, heads: 2, length: 130, headSize: 64 },
  { batch: 2, heads: 1, length: 33, headSize: 100 },
].flatMap((shape) =>
  masks.flatMap((mask) => {
    const parameters = { ...shape, scale: 1 / Math.sqrt(shape.headSize), ...mask };
    const wide: Make = (random, size) => integers(21)(random, size).map((value) => value - 10);
    return [
      { parameters, inputs: { spans: spansWithin(shape.length) } },
      { parameters, inputs: { spans: sequencesWithin(shape.length) } },
      ...(shape.length > 60 ? [{ parameters, inputs: { spans: windowsWithin(shape.length, 8) } }] : []),
      // Scores of hundreds, which must be exact, since their exponentials magnify rounding.
      {
        parameters: { ...parameters, scale: 0.25 },
        inputs: { spans: sequencesWithin(shape.length), query: wide, key: wide },
      },
    ];
  }),
);

/**
 * Scores in the dozens: a probability from a log-sum-exp that float32 holds is off by 2^-24 of that, so by 1e-5 with one in the hundreds, and
 * by more than `TOLERANCE` from 50 on.
 */
const moderate = <K extends 'attention' | 'attentionAt'>(
  cases: readonly KernelCase<K>[],
  scale: number,
): KernelCase<K>[] =>
  cases.map(({ parameters, inputs }) => ({
    parameters: inputs?.query ? { ...parameters, scale } : parameters,
    ...(inputs && { inputs }),
  }));

/** `size` of all tokens, in ascending order. */
const someOf =
  (all: number): Make =>
  (random, size) =>
    Int32Array.from({ length: all }, (_, token) => token)
      .map((token) => token + all * Math.floor(2 ** 20 * random()))
      .toSorted()
      .subarray(0, size)
      .map((drawn) => drawn % all)
      .toSorted();

const attentionsAt = attentions.flatMap(({ parameters, inputs }) => {
  const all = parameters.batch * parameters.length;
  const one = 'query' in inputs ? [] : [1]; // with one query and large scores, gradients are mostly rounding errors of differences of equal numbers
  return [...new Set([...one, Math.ceil(all / 4), all])].map((queries) => ({
    parameters: { ...parameters, queries },
    inputs: { ...inputs, tokens: someOf(all) },
  }));
});

/** Where a single query has several keys: with one, all gradients are differences of numbers that are equal but for rounding. */
const severalKeys = attentionsAt.map(({ parameters, inputs }) => {
  const length = Math.max(2, parameters.length);
  return parameters.queries === 1
    ? { parameters: { ...parameters, length }, inputs: { ...inputs, spans: wholeRows(length) } }
    : { parameters, inputs };
});

const layered = [
  { rows: 1, inputs: 1, outputs: 1, layers: 1 },
  { rows: 67, inputs: 5, outputs: 9, layers: 3 },
  { rows: 130, inputs: 140, outputs: 36, layers: 2 },
  { rows: 1123, inputs: 40, outputs: 68, layers: 3 }, // parameters' gradients are sums in parts
  { rows: 20, inputs: 36, outputs: 700, layers: 2 }, // and here the input's
  { rows: 20, inputs: 7, outputs: 1301, layers: 1 },
].map((parameters) => ({ parameters }));

/** The cases of optional kernels. */
export const fusedCases: { readonly [K in OptionalKernel]: readonly KernelCase<K>[] } = {
  linear: [
    ...layered,
    ...matrices.map(({ rows, columns }) => ({ parameters: { rows, inputs: columns, outputs: rows + 3, layers: 1 } })),
    { parameters: { rows: 3, inputs: 701, outputs: 6301, layers: 1 } }, // too large a weight to be packed at once
  ],
  linearInputGradient: layered,
  linearInputGradientAdd: layered,
  // Few, since software drivers compile GELU slowly.
  linearInputGradientGelu: masks.flatMap((mask, tanh) => [
    { parameters: { rows: 35, inputs: 77, outputs: 9, tanh, ...mask }, inputs: { x: uniform(-6, 6) } },
    { parameters: { rows: 131, inputs: 132, outputs: 40, tanh: 1 - tanh, ...mask }, inputs: { x: uniform(-6, 6) } },
  ]),
  linearParameterGradients: layered,
  linearGelu: [0, 1].flatMap((tanh) =>
    drawnMatrices.map(({ rows, columns, ...mask }) => ({
      parameters: { rows, inputs: columns, outputs: rows + 29, tanh, ...mask },
    })),
  ),
  geluDropout: drawnGelu,
  geluDropoutBackward: drawnGelu,
  geluDropoutBoth: drawnGelu,
  gatherAdd: gathers,
  scatterSumAdd: scattered,
  rotateInPlace: rotations.flatMap(({ parameters, inputs }) =>
    [1, 2].map((layers) => ({ parameters: { ...parameters, layers }, inputs })),
  ),
  crossEntropyInPlace: entropies,
  dropoutAdd: drawnElements,
  dropoutAddLayerNorm: drawnNorms.map((parameters) => ({ parameters })),
  dropoutAddLayerNormBackward: [0, 1].flatMap((addSum) =>
    [...drawnNorms, { ...norms[0], ...masks[1], rows: 1100, columns: 20 }].map((parameters) => ({
      parameters: { ...parameters, addSum },
      inputs: saved,
    })),
  ),
  attention: attentions,
  attentionBackward: moderate<'attention'>(attentions, 1 / 64).map((it) => ({ ...it, after: 'attention' })),
  attentionAt: attentionsAt,
  attentionAtBackward: moderate<'attentionAt'>(severalKeys, 1 / 128).map((it) => ({ ...it, after: 'attentionAt' })),
  attentionAtInput: attentionsAt.flatMap(({ parameters: { rate, ...parameters }, inputs }) => {
    const { key: x, ...others } = { key: undefined, ...inputs };
    return rate === 0 ? [{ parameters, inputs: { ...others, ...(x && { x }) } }] : [];
  }),
  /** A good step; one after which the scale grows; two that overflow. */
  lossScale: [
    [1024, 5, 3, 7],
    [1024, 9, 3, 7],
    [1024, 5, 3, Infinity],
    [2 ** -10, 9, 0, NaN],
  ].map(([scale, good, skipped, norm]) => ({
    parameters: { growth: 2, backoff: 0.5, interval: 10 },
    inputs: { scaling: () => [scale, good, skipped], squaredNorm: constant(norm) },
  })),
  adamwScaled: scaled(optimizerSteps),
  adamwStableScaled: scaled(stableSteps),
  lionScaled: scaled(lionSteps),
  adamwRatioScaled: scaled(ratios),
};

/** With gradients of a scaled loss, and with those that overflow. */
function scaled<P, I extends object>(
  cases: readonly { readonly parameters: P; readonly inputs: I }[],
): { parameters: P; inputs: I & { inverseScale: Make } }[] {
  return cases.flatMap(({ parameters, inputs }) =>
    [2 ** -10, 0].map((inverse) => ({ parameters, inputs: { ...inputs, inverseScale: constant(inverse) } })),
  );
}
