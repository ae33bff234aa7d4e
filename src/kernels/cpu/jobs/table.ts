/**
 * The jobs of the assembly: one row per kernel, with its arguments. The host must pass exactly these. In the assembly `Gelu.x` is
 * argument x of the job `gelu`, and `Mask.factor` is argument factor of the group `mask` (jobs.generated.ts, made from this table).
 */
import { flags, integers, layOut, pointers, reals } from './arguments.ts';
import type { Group, Row, ValuesOf } from './arguments.ts';

/** The number of elements or rows, in total and per chunk. */
const elements = integers('size', 'grain');
/** A dropout mask, see both files dropoutMask.ts. */
const mask = { ...integers('threshold', 'keyLow', 'keyHigh'), ...reals('factor') };
const norm = {
  ...pointers('gamma', 'mean', 'inverse'),
  ...integers('columns'),
  ...flags('unbiased'),
  ...reals('epsilon'),
};
/** As in the contract. */
const product = {
  ...integers('m', 'n', 'k', 'aRow', 'bRow', 'cRow'),
  ...flags('transposeA', 'transposeB'),
  ...reals('scale'),
};
const strides = integers('aOuter', 'aInner', 'bOuter', 'bInner', 'cOuter', 'cInner', 'inner');
/** What follows a product: bias (0, or one value per column) is added to c; y (0 for none) is dropout(gelu(c)). */
const finish = { ...pointers('bias', 'y'), ...integers('firstColumn'), ...flags('tanh') };
/** logSumExp is (batch, heads, length), or (heads, queries) if tokens (queries) is not 0. The scale is positive. */
const attentionBlock = {
  ...pointers('query', 'key', 'value', 'spans', 'context', 'logSumExp', 'tokens', 'blockTable'),
  ...integers('heads', 'length', 'headSize', 'queries'),
  ...flags('blas'),
  ...reals('scale'),
};
const groups = { elements, mask, norm, product, strides, finish, attentionBlock } satisfies Record<string, Group>;

/** Rows of 32-bit integers in tables that the host makes, see attentionPlan.ts. In the assembly each is a class: `changetype<QueryBlock>(address)`. */
export const records = {
  /** Consecutive queries that attend to the same keys, or if ragged to some of them each: queries as rows of their array, keys as positions in the sequence. */
  queryBlock: ['sequence', 'firstQuery', 'endQuery', 'firstKey', 'endKey', 'ragged'],
  /** Consecutive blocks that share keys with no other group. */
  blockGroup: ['sequence', 'firstKey', 'endKey', 'firstBlock', 'endBlock'],
} as const;

/** Kernels whose chunks are consecutive elements or rows. `Jobs.each` passes size and grain. */
const elementwise = {
  add: pointers('a', 'b', 'y'),
  mul: { ...pointers('a', 'b', 'y'), ...integers('period') },
  affine: { ...pointers('x', 'y'), ...reals('factor', 'term') },
  reciprocal: pointers('x', 'y'),
  fill: { ...pointers('x', 'y'), ...reals('value') }, // x of one element, or 0
  copy: pointers('x', 'y'),
  addBias: { ...pointers('x', 'bias', 'y'), ...integers('columns') },

  exp: pointers('x', 'y'),
  tanh: pointers('x', 'y'),
  tanhBackward: pointers('y', 'dy', 'dx'),
  relu: pointers('x', 'y'),
  reluBackward: pointers('y', 'dy', 'dx'),
  gelu: { ...pointers('x', 'y'), ...flags('tanh') },
  geluBackward: { ...pointers('x', 'dy', 'dx'), ...flags('tanh') },
  geglu: { ...pointers('x', 'y'), ...integers('columns'), ...flags('tanh') },
  gegluBackward: { ...pointers('x', 'dy', 'dx'), ...integers('columns'), ...flags('tanh') },
  rotate: {
    ...pointers('x', 'table', 'positions', 'y'),
    ...integers('heads', 'headSize', 'tableRows'),
    ...flags('inverse'),
  },
  geluDropout: { ...pointers('x', 'y'), ...flags('tanh'), mask },
  geluDropoutBackward: { ...pointers('x', 'dy', 'dx'), ...flags('tanh'), mask },
  geluDropoutBoth: { ...pointers('x', 'dy'), ...flags('tanh'), mask },
  dropout: { ...pointers('x', 'y'), mask },
  dropoutAdd: { ...pointers('x', 'residual', 'y'), mask },

  softmax: { ...pointers('x', 'y'), ...integers('columns') },
  maskedSoftmax: { ...pointers('x', 'y', 'spans'), ...integers('heads', 'length') },
  softmaxBackward: { ...pointers('y', 'dy', 'dx'), ...integers('columns') },
  crossEntropy: { ...pointers('logits', 'labels', 'losses', 'logSumExp'), ...integers('columns') },
  crossEntropyBackward: {
    ...pointers('logits', 'labels', 'logSumExp', 'dlosses', 'dlogits'),
    ...integers('columns'),
  },

  layerNorm: { ...pointers('x', 'beta', 'y'), norm },
  layerNormBackward: { ...pointers('x', 'dy', 'dx'), norm },
  dropoutAddLayerNorm: { ...pointers('x', 'residual', 'sum', 'beta', 'y'), norm, mask },
  dropoutAddLayerNormBackward: { ...pointers('sum', 'dy', 'dsum', 'dresidual', 'dx'), norm, mask }, // dsum, or 0
  layerNormGradients: { ...pointers('x', 'mean', 'inverse', 'dy', 'dgamma', 'dbeta'), ...integers('columns') },

  sumRows: { ...pointers('x', 'partial'), ...integers('columns') },
  combine: { ...pointers('partial', 'y'), ...integers('blocks') },
  sum: pointers('x', 'partial'),
  sumSquares: pointers('x', 'partial'),
  argmax: { ...pointers('x', 'indices'), ...integers('columns') },
  transpose: { ...pointers('x', 'y'), ...integers('rows', 'columns') },
  gather: { ...pointers('table', 'indices', 'y'), ...integers('columns', 'tableRows') },
  gatherAdd: { ...pointers('total', 'table', 'indices'), ...integers('columns', 'tableRows') },

  /** The numbers are those of kernels/adamwNumbers.ts; adamwStable has a squaredRatio. */
  adamw: {
    ...pointers('weights', 'gradients', 'firstMoment', 'secondMoment', 'squaredNorm', 'squaredRatio'),
    ...integers('decayed'),
    ...reals('rate1', 'rate2', 'stepSize', 'inverseCorrection', 'epsilon', 'decay', 'clipNorm', 'count'),
  },
  adamwRatio: {
    ...pointers('gradients', 'secondMoment', 'squaredNorm', 'ratio'),
    ...reals('rate2', 'inverseCorrection', 'epsilon', 'clipNorm'),
  },

  normaliseRows: { ...pointers('x', 'y'), ...integers('columns'), ...reals('epsilon') },
  nesterov: { ...pointers('gradients', 'momentum', 'squaredNorm', 'update'), ...reals('beta', 'clipNorm') },
  /** decay = learningRate * weightDecay */
  lion: {
    ...pointers('weights', 'gradients', 'momentum', 'squaredNorm'),
    ...integers('decayed'),
    ...reals('beta1', 'beta2', 'learningRate', 'decay', 'clipNorm'),
  },

  /** c += partial results */
  addSpans: { ...pointers('c', 'partial'), ...integers('blocks') },
} satisfies Record<string, Row>;

const others = {
  total: { ...pointers('partial', 'y'), ...integers('blocks'), ...reals('scale') },
  scatterSum: { elements, ...pointers('dy', 'order', 'offsets', 'dtable'), ...integers('columns', 'width') },

  /** Packs b for all threads; a chunk is `panels` panels, or rows. */
  packShared: { product, ...pointers('b', 'packed'), ...integers('panels') },
  /** Multiplies by the packed b; a chunk is `rows` rows by `columns` columns, a multiple of 8. */
  multiplyShared: { product, ...pointers('a', 'packed', 'c'), ...integers('rows', 'columns'), finish, mask },
  /** A product over a large k; a chunk is `rows` by `columns` of one span of k. The first span's sums go to c, the others' to partial. */
  multiplySpans: {
    product,
    ...pointers('a', 'b', 'c', 'partial'),
    ...integers('span', 'rows', 'columns'),
    ...flags('blas'),
  },
  /** Any number of products; a chunk is a group of them, or `rows` by `columns` of one. */
  multiplyBlocks: {
    ...pointers('a', 'b', 'c'),
    ...integers('products', 'group', 'rows', 'columns'),
    ...flags('blas'),
    product,
    strides,
    finish,
    mask,
  },

  attention: { attentionBlock, mask },
  attentionBackward: { attentionBlock, mask, ...pointers('groupTable', 'dcontext', 'dquery', 'dkey', 'dvalue') },
} satisfies Record<string, Row>;

const jobs = { ...elementwise, ...others };
export const places = layOut(groups, jobs);

export type Job = keyof typeof jobs;
export type Elementwise = keyof typeof elementwise;
/** The values that the host passes. */
export type Arguments = { readonly [J in Job]: ValuesOf<(typeof jobs)[J]> };
export type GroupArguments = { readonly [G in keyof typeof groups]: ValuesOf<(typeof groups)[G]> };
export type Records = { readonly [R in keyof typeof records]: Readonly<Record<(typeof records)[R][number], number>> };
