/**
 * The jobs of the assembly: a row for each of its kernels, which says what arguments it takes. The host cannot run it without exactly
 * these, and in the assembly `Gelu.x` is argument x of the job `gelu`, `Mask.factor` that of the group `mask` (jobs.generated.ts, made
 * of this table).
 */
import { flags, integers, layOut, pointers, reals } from './arguments.ts';
import type { Group, Row, ValuesOf } from './arguments.ts';

/** How many elements or rows there are, and how many a chunk has. */
const elements = integers('size', 'grain');
/** A dropout, see dropoutMask.ts on either side. */
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
/** What becomes of a product: bias is 0 or has a value for each column, y is 0 or where c goes after GELU and dropout. */
const finish = { ...pointers('bias', 'y'), ...integers('firstColumn'), ...flags('tanh') };
/** logSumExp is (batch, heads, length), or (heads, queries) where tokens (queries) is not 0. The scale is positive. */
const attentionBlock = {
  ...pointers('query', 'key', 'value', 'context', 'logSumExp', 'tokens', 'blockTable'),
  ...integers('heads', 'length', 'headSize', 'queries'),
  ...flags('blas'),
  ...reals('scale'),
};
const groups = { elements, mask, norm, product, strides, finish, attentionBlock } satisfies Record<string, Group>;

/** Rows of 32-bit integers in tables that the host makes, see attentionPlan.ts. In the assembly each is a class: `changetype<QueryBlock>(address)`. */
export const records = {
  /** Queries one behind another that see the same keys: queries as rows of their array, keys as places in the sequence. */
  queryBlock: ['sequence', 'firstQuery', 'endQuery', 'firstKey', 'endKey'],
  /** Blocks one behind another that share keys with no other group. */
  blockGroup: ['sequence', 'firstKey', 'endKey', 'firstBlock', 'endBlock'],
} as const;

/** Kernels whose chunks are runs of elements or rows: size and grain come of themselves. */
const elementwise = {
  add: pointers('a', 'b', 'y'),
  mul: { ...pointers('a', 'b', 'y'), ...integers('period') },
  affine: { ...pointers('x', 'y'), ...reals('factor', 'term') },
  reciprocal: pointers('x', 'y'),
  fill: { ...pointers('x', 'y'), ...reals('value') }, // x of one element, or 0
  addBias: { ...pointers('x', 'bias', 'y'), ...integers('columns') },

  exp: pointers('x', 'y'),
  tanh: pointers('x', 'y'),
  tanhBackward: pointers('y', 'dy', 'dx'),
  relu: pointers('x', 'y'),
  reluBackward: pointers('y', 'dy', 'dx'),
  gelu: { ...pointers('x', 'y'), ...flags('tanh') },
  geluBackward: { ...pointers('x', 'dy', 'dx'), ...flags('tanh') },
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

  /** stepSize = learningRate / correction1, inverseCorrection = 1 / correction2, decay = learningRate * weightDecay */
  adamw: {
    ...pointers('weights', 'gradients', 'firstMoment', 'secondMoment', 'squaredNorm'),
    ...integers('decayed'),
    ...reals('oneMinusBeta1', 'oneMinusBeta2', 'stepSize', 'inverseCorrection', 'epsilon', 'decay', 'clipNorm'),
  },

  /** c += partial results */
  addSpans: { ...pointers('c', 'partial'), ...integers('blocks') },
} satisfies Record<string, Row>;

const others = {
  total: { ...pointers('partial', 'y'), ...integers('blocks'), ...reals('scale') },
  scatterSum: { elements, ...pointers('dy', 'order', 'offsets', 'dtable'), ...integers('columns', 'width') },

  /** Packs b for all threads; a chunk is so many panels, or rows. */
  packShared: { product, ...pointers('b', 'packed'), ...integers('panels') },
  /** Multiplies by what was packed; a chunk is so many rows and columns, a multiple of 8. */
  multiplyShared: { product, ...pointers('a', 'packed', 'c'), ...integers('rows', 'columns'), finish, mask },
  /** Over a large k; a chunk is so many rows and columns of one span of k. All sums but the first span's are partial results. */
  multiplySpans: {
    product,
    ...pointers('a', 'b', 'c', 'partial'),
    ...integers('span', 'rows', 'columns'),
    ...flags('blas'),
  },
  /** Any number of products; a chunk is a group of them, or so many rows and columns of one. */
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
/** What the host passes. */
export type Arguments = { readonly [J in Job]: ValuesOf<(typeof jobs)[J]> };
export type GroupArguments = { readonly [G in keyof typeof groups]: ValuesOf<(typeof groups)[G]> };
export type Records = { readonly [R in keyof typeof records]: Readonly<Record<(typeof records)[R][number], number>> };
