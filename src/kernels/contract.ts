/**
 * The kernels that devices implement, one per line: `name: kernel(parameters, inputs, outputs)`.
 *
 * Arrays are flat and row-major; each has a type, and a size that is a function of the parameters. The kernel overwrites a
 * donated input. Parameters are plain numbers that a device passes as data and never bakes into code. What a kernel computes
 * is defined by its loop in `reference/`; the comments here only add what the sizes do not say.
 */
export type ArrayType = 'f32' | 'f16' | 'i32';
/** The type that a kernel requires of an array. `real` inputs may be f32 or f16; `real` outputs have the type the device computes in. */
export type ElementType = 'f32' | 'real' | 'i32';
type Size<P extends string> = (p: Record<P, number>) => number;
export interface ArraySpecification<T extends ElementType = ElementType, P extends string = never> {
  readonly type: T;
  readonly donated: boolean;
  readonly size: Size<P>;
}

const f32 = <P extends string>(size: Size<P>): ArraySpecification<'f32', P> => ({ type: 'f32', donated: false, size });
const real = <P extends string>(size: Size<P>): ArraySpecification<'real', P> => ({ type: 'real', donated: false, size });
const i32 = <P extends string>(size: Size<P>): ArraySpecification<'i32', P> => ({ type: 'i32', donated: false, size });
const donated = <T extends ElementType, P extends string>(array: ArraySpecification<T, P>): ArraySpecification<T, P> => ({ ...array, donated: true });

function kernel<
  const P extends string,
  I extends Record<string, ArraySpecification<ElementType, P>>,
  O extends Record<string, ArraySpecification<ElementType, P>>,
>(parameters: readonly P[], inputs: I, outputs: O) {
  return { parameters, inputs, outputs };
}

const size: Size<'size'> = (p) => p.size;
const matrix: Size<'rows' | 'columns'> = (p) => p.rows * p.columns;
const row: Size<'columns'> = (p) => p.columns;
const column: Size<'rows'> = (p) => p.rows;
const one: Size<never> = () => 1;
const period: Size<'period'> = (p) => p.period;
const matrices: Size<'batch' | 'rows' | 'columns'> = (p) => p.batch * p.rows * p.columns;
const scores: Size<'batch' | 'heads' | 'length'> = (p) => p.batch * p.heads * p.length * p.length;
const spans: Size<'batch' | 'length'> = (p) => p.batch * p.length * 2;

/** c[o,i] = scale * op(a[o,i]) @ op(b[o,i]) for o < outer, i < inner. Matrix (o, i) begins at o*Outer + i*Inner, and Row is the stride between its rows. */
const matmul = ['m', 'n', 'k', 'transposeA', 'transposeB', 'scale', 'outer', 'inner', 'aRow', 'aOuter', 'aInner', 'bRow', 'bOuter', 'bInner', 'cRow', 'cOuter', 'cInner'] as const;
type MatmulSizes = Record<(typeof matmul)[number], number>;
const extent = (p: MatmulSizes, rows: number, columns: number, Row: number, Outer: number, Inner: number): number =>
  (p.outer - 1) * Outer + (p.inner - 1) * Inner + (rows - 1) * Row + columns;
const a = (p: MatmulSizes): number => (p.transposeA ? extent(p, p.k, p.m, p.aRow, p.aOuter, p.aInner) : extent(p, p.m, p.k, p.aRow, p.aOuter, p.aInner));
const b = (p: MatmulSizes): number => (p.transposeB ? extent(p, p.n, p.k, p.bRow, p.bOuter, p.bInner) : extent(p, p.k, p.n, p.bRow, p.bOuter, p.bInner));
const product = (p: MatmulSizes): number => p.outer * p.inner * p.m * p.n;

const dropoutMask = ['rate', 'keyHigh', 'keyLow'] as const;
const linear = ['rows', 'inputs', 'outputs'] as const;
type LinearSize = Size<(typeof linear)[number]>;
const linearInput: LinearSize = (p) => p.rows * p.inputs;
const linearWeight: LinearSize = (p) => p.outputs * p.inputs;
const linearOutput: LinearSize = (p) => p.rows * p.outputs;
const layered = [...linear, 'layers'] as const;
type LayeredSize = Size<(typeof layered)[number]>;
const linearWeights: LayeredSize = (p) => p.layers * linearWeight(p);
const linearOutputs: LayeredSize = (p) => p.layers * linearOutput(p);
const biases: LayeredSize = (p) => p.layers * p.outputs;
const attention = ['batch', 'heads', 'length', 'headSize', 'scale', ...dropoutMask] as const;
const wide: Size<'batch' | 'heads' | 'length' | 'headSize'> = (p) => p.batch * p.length * p.heads * p.headSize;
const perHead: Size<'batch' | 'heads' | 'length'> = (p) => p.batch * p.heads * p.length;
const queries: Size<'queries'> = (p) => p.queries;
const queriesWide: Size<'queries' | 'heads' | 'headSize'> = (p) => p.queries * p.heads * p.headSize;
const queriesPerHead: Size<'queries' | 'heads'> = (p) => p.heads * p.queries;
const halves: Size<'rows' | 'columns'> = (p) => 2 * p.rows * p.columns;
const rotate = ['rows', 'heads', 'headSize', 'tableRows', 'inverse'] as const;
const rotated: Size<'rows' | 'heads' | 'headSize'> = (p) => p.rows * p.heads * p.headSize;
const angles: Size<'tableRows' | 'headSize'> = (p) => p.tableRows * p.headSize;
const normalise = ['rows', 'columns', 'epsilon', 'unbiased'] as const;
const adamw = ['size', 'decayed', 'learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'correction1', 'correction2', 'clipNorm'] as const;

/** The kernels that every device has. */
export const required = {
  matmul: kernel(matmul, { a: real(a), b: real(b) }, { c: real(product) }), // c is dense as a whole: its strides may permute but not pad
  add: kernel(['size'], { a: real(size), b: real(size) }, { y: real(size) }),
  mul: kernel(['size', 'period'], { a: real(size), b: real(period) }, { y: real(size) }), // b is repeated: y[i] = a[i] * b[i % period]
  affine: kernel(['size', 'factor', 'term'], { x: real(size) }, { y: real(size) }), // y = factor * x + term
  reciprocal: kernel(['size'], { x: real(size) }, { y: real(size) }),
  exp: kernel(['size'], { x: real(size) }, { y: real(size) }),
  tanh: kernel(['size'], { x: real(size) }, { y: real(size) }),
  tanhBackward: kernel(['size'], { y: real(size), dy: real(size) }, { dx: real(size) }),
  relu: kernel(['size'], { x: real(size) }, { y: real(size) }),
  reluBackward: kernel(['size'], { y: real(size), dy: real(size) }, { dx: real(size) }),
  transpose: kernel(['batch', 'rows', 'columns'], { x: real(matrices) }, { y: real(matrices) }), // transposes each of `batch` matrices
  fill: kernel(['size', 'value'], {}, { y: real(size) }),
  sum: kernel(['size', 'scale'], { x: real(size) }, { y: f32(one) }),
  broadcast: kernel(['size', 'scale'], { x: f32(one) }, { y: f32(size) }),
  addBias: kernel(['rows', 'columns'], { x: real(matrix), bias: real(row) }, { y: real(matrix) }),
  sumRows: kernel(['rows', 'columns'], { x: real(matrix) }, { y: f32(row) }),
  gelu: kernel(['size', 'tanh'], { x: real(size) }, { y: real(size) }),
  geluBackward: kernel(['size', 'tanh'], { x: real(size), dy: real(size) }, { dx: real(size) }),
  geglu: kernel(['rows', 'columns', 'tanh'], { x: real(halves) }, { y: real(matrix) }), // y = gelu(a) * b for the halves a and b of each row
  gegluBackward: kernel(['rows', 'columns', 'tanh'], { x: real(halves), dy: real(matrix) }, { dx: real(halves) }),
  rotate: kernel(rotate, { x: real(rotated), table: f32(angles), positions: i32(column) }, { y: real(rotated) }), // table: (tableRows, headSize / 2 cosines, as many sines)
  dropout: kernel(['size', ...dropoutMask], { x: real(size) }, { y: real(size) }),
  softmax: kernel(['rows', 'columns'], { x: real(matrix) }, { y: real(matrix) }),
  maskedSoftmax: kernel(['batch', 'heads', 'length'], { x: real(scores), spans: i32(spans) }, { y: real(scores) }), // spans: (batch, length, [start, end))
  softmaxBackward: kernel(['rows', 'columns'], { y: real(matrix), dy: real(matrix) }, { dx: real(matrix) }),
  layerNorm: kernel(normalise, { x: real(matrix), gamma: f32(row), beta: f32(row) }, { y: real(matrix), mean: f32(column), inverse: f32(column) }),
  layerNormBackward: kernel(normalise, { x: real(matrix), gamma: f32(row), mean: f32(column), inverse: f32(column), dy: real(matrix) }, { dx: real(matrix) }),
  layerNormParameterGradients: kernel(['rows', 'columns'], { x: real(matrix), mean: f32(column), inverse: f32(column), dy: real(matrix) }, { dgamma: f32(row), dbeta: f32(row) }),
  gather: kernel(['rows', 'columns', 'tableRows'], { table: real((p) => p.tableRows * p.columns), indices: i32(column) }, { y: real(matrix) }),
  scatterSum: kernel(['rows', 'columns', 'count'], { dy: real((p) => p.count * p.columns), order: i32((p) => p.count), offsets: i32((p) => p.rows + 1) }, { dtable: real(matrix) }),
  crossEntropy: kernel(['rows', 'columns'], { logits: real(matrix), labels: i32(column) }, { losses: f32(column), logSumExp: f32(column) }),
  crossEntropyBackward: kernel(['rows', 'columns'], { logits: real(matrix), labels: i32(column), logSumExp: f32(column), dlosses: f32(column) }, { dlogits: real(matrix) }),
  argmax: kernel(['rows', 'columns'], { x: real(matrix) }, { indices: i32(column) }),
  sumSquares: kernel(['size'], { x: f32(size) }, { y: f32(one) }),
  accumulate: kernel(['size'], { total: donated(real(size)), x: real(size) }, {}),
  normaliseRows: kernel(['rows', 'columns', 'epsilon'], { x: real(matrix) }, { y: real(matrix) }),
  nesterov: kernel(['size', 'beta', 'clipNorm'], { gradients: f32(size), momentum: donated(f32(size)), squaredNorm: f32(one) }, { update: f32(size) }),
  lion: kernel(['size', 'decayed', 'learningRate', 'beta1', 'beta2', 'weightDecay', 'clipNorm'], { weights: donated(f32(size)), gradients: f32(size), momentum: donated(f32(size)), squaredNorm: f32(one) }, {}),
  adamwRatio: kernel(['size', 'beta2', 'correction2', 'epsilon', 'clipNorm'], { gradients: f32(size), secondMoment: f32(size), squaredNorm: f32(one) }, { ratio: f32(size) }), // gradient / max(epsilon, root of the second moment that adamw is about to make)
  adamwStable: kernel([...adamw, 'count'], { weights: donated(f32(size)), gradients: f32(size), firstMoment: donated(f32(size)), secondMoment: donated(f32(size)), squaredNorm: f32(one), squaredRatio: f32(one) }, {}), // adamw at learningRate / max(1, sqrt(squaredRatio / count))
  adamw: kernel(adamw, { weights: donated(f32(size)), gradients: f32(size), firstMoment: donated(f32(size)), secondMoment: donated(f32(size)), squaredNorm: f32(one) }, {}),
};

/**
 * Kernels that a device may add for speed. Each is equivalent to a composition of required ones, and the conformance suite checks that
 * both give the same values. A rate of 0 means no dropout; element i has the same mask as in `dropout` over an array of the same shape.
 */
export const optional = {
  /** `layers` linear layers with one input, and weights and biases one after another: y = x @ weight' + bias of each. */
  linear: kernel(layered, { x: real(linearInput), weight: real(linearWeights), bias: f32(biases) }, { y: real(linearOutputs) }),
  /** The gradient of their input: the sum of dy @ weight of each. The second kernel adds it to total. */
  linearInputGradient: kernel(layered, { dy: real(linearOutputs), weight: real(linearWeights) }, { dx: real(linearInput) }),
  linearInputGradientAdd: kernel(layered, { total: donated(real(linearInput)), dy: real(linearOutputs), weight: real(linearWeights) }, {}),
  /** The gradients of their parameters: dweight = dy' @ x and dbias = sumRows(dy) of each. */
  linearParameterGradients: kernel(layered, { x: real(linearInput), dy: real(linearOutputs) }, { dweight: f32(linearWeights), dbias: f32(biases) }),
  /** The gradient, through a linear layer, of x where the layer's input is dropout(gelu(x)). In place: x becomes that input. */
  linearInputGradientGelu: kernel([...linear, 'tanh', ...dropoutMask], { x: donated(real(linearInput)), dy: real(linearOutput), weight: real(linearWeight) }, { dx: real(linearInput) }),
  /** linear = x @ weight' + bias, y = dropout(gelu(linear)) */
  linearGelu: kernel([...linear, 'tanh', ...dropoutMask], { x: real(linearInput), weight: real(linearWeight), bias: f32((p) => p.outputs) }, { linear: real(linearOutput), y: real(linearOutput) }),
  /** y = dropout(gelu(x)), and its backward */
  geluDropout: kernel(['size', 'tanh', ...dropoutMask], { x: real(size) }, { y: real(size) }),
  geluDropoutBackward: kernel(['size', 'tanh', ...dropoutMask], { x: real(size), dy: real(size) }, { dx: real(size) }),
  /** In place: x becomes dropout(gelu(x)), and dy becomes the gradient with respect to x */
  geluDropoutBoth: kernel(['size', 'tanh', ...dropoutMask], { x: donated(real(size)), dy: donated(real(size)) }, {}),
  /** In place: logits become crossEntropyBackward's dlogits */
  crossEntropyInPlace: kernel(['rows', 'columns'], { logits: donated(real(matrix)), labels: i32(column), logSumExp: f32(column), dlosses: f32(column) }, {}),
  /** total += table[indices] */
  gatherAdd: kernel(['rows', 'columns', 'tableRows'], { total: donated(real(matrix)), table: real((p) => p.tableRows * p.columns), indices: i32(column) }, {}),
  /** total += scatterSum: only rows that have any are read and written. */
  scatterSumAdd: kernel(['rows', 'columns', 'count'], { total: donated(real(matrix)), dy: real((p) => p.count * p.columns), order: i32((p) => p.count), offsets: i32((p) => p.rows + 1) }, {}),
  /** y = residual + dropout(x) */
  dropoutAdd: kernel(['size', ...dropoutMask], { x: real(size), residual: real(size) }, { y: real(size) }),
  /** sum = residual + dropout(x), y = layerNorm(sum) */
  dropoutAddLayerNorm: kernel([...normalise, ...dropoutMask], { x: real(matrix), residual: real(matrix), gamma: f32(row), beta: f32(row) }, { sum: real(matrix), y: real(matrix), mean: f32(column), inverse: f32(column) }),
  /**
   * dresidual = layerNormBackward(dy) + dsum (only if addSum is 1; otherwise dsum is not read), dx = dropout(dresidual); and
   * layerNormParameterGradients(dy)
   */
  dropoutAddLayerNormBackward: kernel([...normalise, 'addSum', ...dropoutMask], { sum: real(matrix), gamma: f32(row), mean: f32(column), inverse: f32(column), dy: real(matrix), dsum: real(matrix) }, { dresidual: real(matrix), dx: real(matrix), dgamma: f32(row), dbeta: f32(row) }),
  /** In place: each of `layers` arrays one after another is rotated by the same positions. */
  rotateInPlace: kernel([...rotate, 'layers'], { x: donated(real((p) => p.layers * rotated(p))), table: f32(angles), positions: i32(column) }, {}),
  /**
   * context = dropout(maskedSoftmax(scale * query @ key')) @ value per head; the (length x length) arrays are never stored.
   * logSumExp is that of each query's scores over its span, or 0 if the span is empty. Keys outside a query's span are skipped.
   */
  attention: kernel(attention, { query: real(wide), key: real(wide), value: real(wide), spans: i32(spans) }, { context: real(wide), logSumExp: f32(perHead) }),
  attentionBackward: kernel(attention, { query: real(wide), key: real(wide), value: real(wide), spans: i32(spans), context: real(wide), logSumExp: f32(perHead), dcontext: real(wide) }, { dquery: real(wide), dkey: real(wide), dvalue: real(wide) }),
  /** Attention with only `tokens` as queries (ascending indices into batch * length): the same as gathering their rows from `attention`. logSumExp is (heads, queries). */
  attentionAt: kernel([...attention, 'queries'], { query: real(queriesWide), key: real(wide), value: real(wide), spans: i32(spans), tokens: i32(queries) }, { context: real(queriesWide), logSumExp: f32(queriesPerHead) }),
  attentionAtBackward: kernel([...attention, 'queries'], { query: real(queriesWide), key: real(wide), value: real(wide), spans: i32(spans), tokens: i32(queries), context: real(queriesWide), logSumExp: f32(queriesPerHead), dcontext: real(queriesWide) }, { dquery: real(queriesWide), dkey: real(wide), dvalue: real(wide) }),
  /** attentionAt without dropout, where x (batch, length, headSize) is both key and value of all heads. */
  attentionAtInput: kernel(['batch', 'heads', 'length', 'headSize', 'scale', 'queries'], { query: real(queriesWide), x: real((p) => p.batch * p.length * p.headSize), spans: i32(spans), tokens: i32(queries) }, { context: real(queriesWide) }),
  /**
   * Dynamic loss scaling, for a step whose loss was multiplied by scaling[0]. scaling is (scale, good steps in a row, skipped steps). squaredNorm
   * becomes that of the unscaled gradients. If it is finite, inverseScale is 1 / scale, and after `interval` such steps the scale is multiplied by
   * `growth`; otherwise inverseScale is 0 and the scale is multiplied by `backoff`.
   */
  lossScale: kernel(['growth', 'backoff', 'interval'], { scaling: donated(f32(() => 3)), squaredNorm: donated(f32(one)) }, { inverseScale: f32(one) }),
  /** Optimizers on gradients * inverseScale, whose squared norm is squaredNorm; they change nothing if inverseScale is 0. Every device that supports half precision has these and lossScale. */
  adamwScaled: kernel(adamw, { weights: donated(f32(size)), gradients: f32(size), firstMoment: donated(f32(size)), secondMoment: donated(f32(size)), squaredNorm: f32(one), inverseScale: f32(one) }, {}),
  lionScaled: kernel(['size', 'decayed', 'learningRate', 'beta1', 'beta2', 'weightDecay', 'clipNorm'], { weights: donated(f32(size)), gradients: f32(size), momentum: donated(f32(size)), squaredNorm: f32(one), inverseScale: f32(one) }, {}),
  adamwStableScaled: kernel([...adamw, 'count'], { weights: donated(f32(size)), gradients: f32(size), firstMoment: donated(f32(size)), secondMoment: donated(f32(size)), squaredNorm: f32(one), inverseScale: f32(one), squaredRatio: f32(one) }, {}),
  adamwRatioScaled: kernel(['size', 'beta2', 'correction2', 'epsilon', 'clipNorm'], { gradients: f32(size), secondMoment: f32(size), squaredNorm: f32(one), inverseScale: f32(one) }, { ratio: f32(size) }),
};

export const contract = { ...required, ...optional };
export type RequiredKernel = keyof typeof required;
export type OptionalKernel = keyof typeof optional;
export type KernelName = keyof typeof contract;
type Inputs<K extends KernelName> = (typeof contract)[K]['inputs'];
type Outputs<K extends KernelName> = (typeof contract)[K]['outputs'];
export type KernelParameters<K extends KernelName> = Record<(typeof contract)[K]['parameters'][number], number>;
export type InputName<K extends KernelName> = keyof Inputs<K> & string;
export type OutputName<K extends KernelName> = keyof Outputs<K> & string;

/** The types of handles that a device's kernels use for arrays; a device without half precision has `f16: never`. */
export type Handles = { [T in ArrayType]: unknown };
type HandleOf<S, H extends Handles> = S extends ArraySpecification<infer T, infer _>
  ? H[T extends 'real' ? 'f32' | 'f16' : T & ArrayType]
  : never;
export type Implementation<K extends KernelName, H extends Handles> = (
  inputs: { [I in InputName<K>]: HandleOf<Inputs<K>[I], H> },
  parameters: KernelParameters<K>,
  outputs: { [O in OutputName<K>]: HandleOf<Outputs<K>[O], H> },
) => void;

/** A device's kernels: a missing one does not compile. */
export type Kernels<H extends Handles> = { [K in RequiredKernel]: Implementation<K, H> } & { [K in OptionalKernel]?: Implementation<K, H> };
