/**
 * What every device can do: one line a kernel, `name: kernel(parameters, inputs, outputs)`.
 *
 * Arrays are flat and row-major; each says its type and its size as a function of the parameters. A donated input is
 * consumed: the kernel overwrites it. Parameters are plain numbers that a device passes as data and never bakes into
 * code. What a kernel computes is defined by its loop in `reference/`; the comments here only add what sizes do not say.
 */
export type ArrayType = 'f32' | 'i32';
type Size<P extends string> = (p: Record<P, number>) => number;
export interface ArraySpecification<T extends ArrayType = ArrayType, P extends string = never> {
  readonly type: T;
  readonly donated: boolean;
  readonly size: Size<P>;
}

const f32 = <P extends string>(size: Size<P>): ArraySpecification<'f32', P> => ({ type: 'f32', donated: false, size });
const i32 = <P extends string>(size: Size<P>): ArraySpecification<'i32', P> => ({ type: 'i32', donated: false, size });
const donated = <P extends string>(size: Size<P>): ArraySpecification<'f32', P> => ({ ...f32(size), donated: true });

function kernel<
  const P extends string,
  I extends Record<string, ArraySpecification<ArrayType, P>>,
  O extends Record<string, ArraySpecification<ArrayType, P>>,
>(parameters: readonly P[], inputs: I, outputs: O) {
  return { parameters, inputs, outputs };
}

const size: Size<'size'> = (p) => p.size;
const matrix: Size<'rows' | 'columns'> = (p) => p.rows * p.columns;
const row: Size<'columns'> = (p) => p.columns;
const column: Size<'rows'> = (p) => p.rows;
const one: Size<never> = () => 1;
const scores: Size<'batch' | 'heads' | 'length'> = (p) => p.batch * p.heads * p.length * p.length;
const spans: Size<'batch' | 'length'> = (p) => p.batch * p.length * 2;

/** c[o,i] = scale * op(a[o,i]) @ op(b[o,i]) for o < outer, i < inner. Matrix (o, i) begins at o*Outer + i*Inner and its rows lie Row apart. */
const matmul = ['m', 'n', 'k', 'transposeA', 'transposeB', 'scale', 'outer', 'inner', 'aRow', 'aOuter', 'aInner', 'bRow', 'bOuter', 'bInner', 'cRow', 'cOuter', 'cInner'] as const;
type Matmul = Record<(typeof matmul)[number], number>;
const extent = (p: Matmul, rows: number, columns: number, Row: number, Outer: number, Inner: number): number =>
  (p.outer - 1) * Outer + (p.inner - 1) * Inner + (rows - 1) * Row + columns;
const a = (p: Matmul): number => (p.transposeA ? extent(p, p.k, p.m, p.aRow, p.aOuter, p.aInner) : extent(p, p.m, p.k, p.aRow, p.aOuter, p.aInner));
const b = (p: Matmul): number => (p.transposeB ? extent(p, p.n, p.k, p.bRow, p.bOuter, p.bInner) : extent(p, p.k, p.n, p.bRow, p.bOuter, p.bInner));
const product = (p: Matmul): number => p.outer * p.inner * p.m * p.n;

const normalise = ['rows', 'columns', 'epsilon', 'unbiased'] as const;
const adamw = ['size', 'decayed', 'learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'correction1', 'correction2', 'clipNorm'] as const;

/** The kernels that every device has. */
export const required = {
  matmul: kernel(matmul, { a: f32(a), b: f32(b) }, { c: f32(product) }), // c is dense as a whole: its strides permute, never pad
  add: kernel(['size'], { a: f32(size), b: f32(size) }, { y: f32(size) }),
  fill: kernel(['size', 'value'], {}, { y: f32(size) }),
  sum: kernel(['size', 'scale'], { x: f32(size) }, { y: f32(one) }),
  broadcast: kernel(['size', 'scale'], { x: f32(one) }, { y: f32(size) }),
  addBias: kernel(['rows', 'columns'], { x: f32(matrix), bias: f32(row) }, { y: f32(matrix) }),
  sumRows: kernel(['rows', 'columns'], { x: f32(matrix) }, { y: f32(row) }),
  gelu: kernel(['size', 'tanh'], { x: f32(size) }, { y: f32(size) }),
  geluBackward: kernel(['size', 'tanh'], { x: f32(size), dy: f32(size) }, { dx: f32(size) }),
  dropout: kernel(['size', 'rate', 'keyHigh', 'keyLow'], { x: f32(size) }, { y: f32(size) }),
  softmax: kernel(['rows', 'columns'], { x: f32(matrix) }, { y: f32(matrix) }),
  maskedSoftmax: kernel(['batch', 'heads', 'length'], { x: f32(scores), spans: i32(spans) }, { y: f32(scores) }), // spans: (batch, length, [start, end))
  softmaxBackward: kernel(['rows', 'columns'], { y: f32(matrix), dy: f32(matrix) }, { dx: f32(matrix) }),
  layerNorm: kernel(normalise, { x: f32(matrix), gamma: f32(row), beta: f32(row) }, { y: f32(matrix), mean: f32(column), inverse: f32(column) }),
  layerNormBackward: kernel(normalise, { x: f32(matrix), gamma: f32(row), mean: f32(column), inverse: f32(column), dy: f32(matrix) }, { dx: f32(matrix) }),
  layerNormParameterGradients: kernel(['rows', 'columns'], { x: f32(matrix), mean: f32(column), inverse: f32(column), dy: f32(matrix) }, { dgamma: f32(row), dbeta: f32(row) }),
  gather: kernel(['rows', 'columns', 'tableRows'], { table: f32((p) => p.tableRows * p.columns), indices: i32(column) }, { y: f32(matrix) }),
  scatterSum: kernel(['rows', 'columns', 'count'], { dy: f32((p) => p.count * p.columns), order: i32((p) => p.count), offsets: i32((p) => p.rows + 1) }, { dtable: f32(matrix) }),
  crossEntropy: kernel(['rows', 'columns'], { logits: f32(matrix), labels: i32(column) }, { losses: f32(column), logSumExp: f32(column) }),
  crossEntropyBackward: kernel(['rows', 'columns'], { logits: f32(matrix), labels: i32(column), logSumExp: f32(column), dlosses: f32(column) }, { dlogits: f32(matrix) }),
  argmax: kernel(['rows', 'columns'], { x: f32(matrix) }, { indices: i32(column) }),
  sumSquares: kernel(['size'], { x: f32(size) }, { y: f32(one) }),
  accumulate: kernel(['size'], { total: donated(size), x: f32(size) }, {}),
  adamw: kernel(adamw, { weights: donated(size), gradients: f32(size), firstMoment: donated(size), secondMoment: donated(size), squaredNorm: f32(one) }, {}),
};

/** Kernels that a device may add for speed. Each means exactly a composition of required ones, which the conformance suite holds it to. */
export const optional = {
  linear: kernel(['rows', 'inputs', 'outputs'], { x: f32((p) => p.rows * p.inputs), weight: f32((p) => p.outputs * p.inputs), bias: f32((p) => p.outputs) }, { y: f32((p) => p.rows * p.outputs) }),
};

export const contract = { ...required, ...optional };
export type RequiredKernel = keyof typeof required;
export type OptionalKernel = keyof typeof optional;
export type KernelName = keyof typeof contract;
type Inputs<K extends KernelName> = (typeof contract)[K]['inputs'];
type Outputs<K extends KernelName> = (typeof contract)[K]['outputs'];
export type Parameters<K extends KernelName> = Record<(typeof contract)[K]['parameters'][number], number>;
export type InputName<K extends KernelName> = keyof Inputs<K> & string;
export type OutputName<K extends KernelName> = keyof Outputs<K> & string;

/** The handle types by which one device's kernels know its arrays. */
export type Handles = { [T in ArrayType]: unknown };
type HandleOf<S, H extends Handles> = S extends ArraySpecification<infer T, infer _> ? H[T] : never;
export type Implementation<K extends KernelName, H extends Handles> = (
  inputs: { [I in InputName<K>]: HandleOf<Inputs<K>[I], H> },
  parameters: Parameters<K>,
  outputs: { [O in OutputName<K>]: HandleOf<Outputs<K>[O], H> },
) => void;

/** The checklist of a device: the compiler refuses one with a missing kernel. */
export type Kernels<H extends Handles> = { [K in RequiredKernel]: Implementation<K, H> } & { [K in OptionalKernel]?: Implementation<K, H> };
