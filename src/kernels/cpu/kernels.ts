import { adamwNumbers, adamwRatioNumbers } from '../adamwNumbers.ts';
import type { Kernels, KernelParameters } from '../contract.ts';
import type { Arena } from './engine/arena.ts';
import { FusedAttention } from './kernels/attention.ts';
import type { Jobs } from './engine/jobs.ts';
import { Staging } from './engine/staging.ts';
import { maskOf } from './kernels/dropoutMask.ts';
import type { GroupArguments } from './jobs/table.ts';
import { Matmul, plain } from './kernels/matmul.ts';
import type { Multiplier } from './kernels/matmul.ts';
import { Workspace } from './engine/workspace.ts';

/** An array's handle is its byte offset in the arena. */
export interface CpuHandles {
  f32: number;
  i32: number;
  f16: number; // never allocated
}

const LIGHT = 2 ** 14; // elements per chunk for memory-bound kernels
const HEAVY = 2 ** 12; // the same for kernels that take about a nanosecond per element
const LINE = 16; // floats of a cache line
const ROW_BLOCK = 64; // rows per partial sum: fixed, so that results do not depend on the number of threads
const SCATTER_ROWS = 64;
const SCATTER_COLUMNS = 64;

/** The contract's kernels as jobs for assembly/: how each is cut into chunks and what its arguments are. */
export function cpuKernels(
  arena: Arena,
  jobs: Jobs,
  multiplier: Multiplier,
  staging = new Staging(arena, jobs),
): Kernels<CpuHandles> {
  const { blas } = multiplier;
  const matmul = new Matmul(arena, jobs, multiplier);
  const [attention, attentionAt] = [0, 1].map(() => new FusedAttention(arena, jobs, staging, blas)); // each keeps its plan
  const workspace = new Workspace(arena);

  const total = (job: 'sum' | 'sumSquares', x: number, y: number, size: number, scale: number): void => {
    const blocks = Math.ceil(size / LIGHT);
    const partial = workspace.reserve(2 * blocks);
    jobs.each(job, size, LIGHT, { x, partial });
    jobs.run('total', 1, { partial, blocks, y, scale });
  };
  type Entropy = Record<'logits' | 'labels' | 'logSumExp' | 'dlosses', number>;
  const entropyGradient = (
    { logits, labels, logSumExp, dlosses }: Entropy,
    { rows, columns }: KernelParameters<'crossEntropy'>,
    dlogits: number,
  ): void => {
    const values = { logits, labels, logSumExp, dlosses, dlogits, columns };
    jobs.each('crossEntropyBackward', rows, rowsOf(columns, HEAVY), values);
  };

  const normGradients: Kernels<CpuHandles>['layerNormParameterGradients'] = (
    { x, mean, inverse, dy },
    { rows, columns },
    { dgamma, dbeta },
  ) => {
    const blocks = Math.ceil(rows / ROW_BLOCK);
    const first = workspace.reserve(2 * blocks * columns);
    const second = first + 4 * blocks * columns;
    const values = { x, mean, inverse, dy, dgamma: first, dbeta: second, columns };
    jobs.each('layerNormGradients', rows, ROW_BLOCK, values);
    jobs.each('combine', columns, 256, { partial: first, y: dgamma, blocks });
    jobs.each('combine', columns, 256, { partial: second, y: dbeta, blocks });
  };

  return {
    matmul: ({ a, b }, p, { c }) => matmul.run(a, b, c, p),
    linear({ x, weight, bias }, p, { y }) {
      const { rows, inputs, outputs, layers } = p;
      const product = linearProduct(p);
      for (let i = 0; i < layers; i++) {
        const finish = { ...plain, bias: bias + 4 * i * outputs };
        matmul.run(x, weight + 4 * i * outputs * inputs, y + 4 * i * rows * outputs, product, finish);
      }
    },
    linearGelu: ({ x, weight, bias }, p, { linear, y }) =>
      matmul.run(x, weight, linear, linearProduct(p), { bias, y, tanh: p.tanh, mask: maskOf(p) }),
    attention: (inputs, p, outputs) => attention.forward({ ...inputs, ...outputs }, p),
    attentionBackward: ({ dcontext, ...inputs }, p, outputs) => attention.backward(inputs, { dcontext, ...outputs }, p),
    attentionAt: (inputs, p, outputs) => attentionAt.forward({ ...inputs, ...outputs }, p),
    attentionAtBackward: ({ dcontext, ...inputs }, p, outputs) =>
      attentionAt.backward(inputs, { dcontext, ...outputs }, p),
    attentionAtInput: (inputs, p, { context }) => attentionAt.ofInput({ ...inputs, context }, p),
    add: ({ a, b }, { size }, { y }) => jobs.each('add', size, LIGHT, { a, b, y }),
    mul: ({ a, b }, { size, period }, { y }) => jobs.each('mul', size, LIGHT, { a, b, y, period }),
    affine: ({ x }, { size, factor, term }, { y }) => jobs.each('affine', size, LIGHT, { x, y, factor, term }),
    reciprocal: ({ x }, { size }, { y }) => jobs.each('reciprocal', size, LIGHT, { x, y }),
    exp: ({ x }, { size }, { y }) => jobs.each('exp', size, HEAVY, { x, y }),
    tanh: ({ x }, { size }, { y }) => jobs.each('tanh', size, HEAVY, { x, y }),
    tanhBackward: ({ y, dy }, { size }, { dx }) => jobs.each('tanhBackward', size, LIGHT, { y, dy, dx }),
    relu: ({ x }, { size }, { y }) => jobs.each('relu', size, LIGHT, { x, y }),
    reluBackward: ({ y, dy }, { size }, { dx }) => jobs.each('reluBackward', size, LIGHT, { y, dy, dx }),
    transpose: ({ x }, { batch, rows, columns }, { y }) =>
      jobs.each('transpose', batch * columns, Math.max(LINE, rowsOf(rows, LIGHT)), { x, y, rows, columns }),
    accumulate: ({ total, x }, { size }) => jobs.each('add', size, LIGHT, { a: total, b: x, y: total }),
    fill: (_, { size, value }, { y }) => jobs.each('fill', size, LIGHT, { x: 0, y, value }),
    broadcast: ({ x }, { size, scale }, { y }) => jobs.each('fill', size, LIGHT, { x, y, value: scale }),
    addBias: ({ x, bias }, { rows, columns }, { y }) =>
      jobs.each('addBias', rows, rowsOf(columns, LIGHT), { x, bias, y, columns }),
    gelu: ({ x }, { size, tanh }, { y }) => jobs.each('gelu', size, HEAVY, { x, y, tanh }),
    geluBackward: ({ x, dy }, { size, tanh }, { dx }) => jobs.each('geluBackward', size, HEAVY, { x, dy, dx, tanh }),
    geglu: ({ x }, { rows, columns, tanh }, { y }) =>
      jobs.each('geglu', rows, rowsOf(columns, HEAVY), { x, y, columns, tanh }),
    gegluBackward: ({ x, dy }, { rows, columns, tanh }, { dx }) =>
      jobs.each('gegluBackward', rows, rowsOf(columns, HEAVY), { x, dy, dx, columns, tanh }),
    rotate: (inputs, { rows, heads, headSize, tableRows, inverse }, { y }) =>
      jobs.each('rotate', rows, rowsOf(heads * headSize, LIGHT), { ...inputs, y, heads, headSize, tableRows, inverse }),
    geluDropout: ({ x }, p, { y }) => jobs.each('geluDropout', p.size, HEAVY, { x, y, tanh: p.tanh, mask: maskOf(p) }),
    geluDropoutBackward: ({ x, dy }, p, { dx }) =>
      jobs.each('geluDropoutBackward', p.size, HEAVY, { x, dy, dx, tanh: p.tanh, mask: maskOf(p) }),
    geluDropoutBoth: ({ x, dy }, p) =>
      jobs.each('geluDropoutBoth', p.size, HEAVY, { x, dy, tanh: p.tanh, mask: maskOf(p) }),
    dropout: ({ x }, p, { y }) => jobs.each('dropout', p.size, HEAVY, { x, y, mask: maskOf(p) }),
    dropoutAdd: ({ x, residual }, p, { y }) =>
      jobs.each('dropoutAdd', p.size, HEAVY, { x, residual, y, mask: maskOf(p) }),
    dropoutAddLayerNorm({ x, residual, gamma, beta }, p, { sum, y, mean, inverse }) {
      const values = { x, residual, sum, beta, y, norm: normOf(gamma, mean, inverse, p), mask: maskOf(p) };
      jobs.each('dropoutAddLayerNorm', p.rows, rowsOf(p.columns, HEAVY), values);
    },
    dropoutAddLayerNormBackward({ sum, gamma, mean, inverse, dy, dsum }, p, { dresidual, dx, dgamma, dbeta }) {
      const norm = normOf(gamma, mean, inverse, p);
      const values = { sum, dy, dsum: p.addSum ? dsum : 0, dresidual, dx, norm, mask: maskOf(p) };
      jobs.each('dropoutAddLayerNormBackward', p.rows, rowsOf(p.columns, HEAVY), values);
      normGradients({ x: sum, mean, inverse, dy }, p, { dgamma, dbeta });
    },
    softmax: ({ x }, { rows, columns }, { y }) => jobs.each('softmax', rows, rowsOf(columns, HEAVY), { x, y, columns }),
    maskedSoftmax: ({ x, spans }, { batch, heads, length }, { y }) =>
      jobs.each('maskedSoftmax', batch * heads * length, rowsOf(length, HEAVY), { x, y, spans, heads, length }),
    softmaxBackward: ({ y, dy }, { rows, columns }, { dx }) =>
      jobs.each('softmaxBackward', rows, rowsOf(columns, LIGHT), { y, dy, dx, columns }),
    layerNorm({ x, gamma, beta }, p, { y, mean, inverse }) {
      const values = { x, beta, y, norm: normOf(gamma, mean, inverse, p) };
      jobs.each('layerNorm', p.rows, rowsOf(p.columns, LIGHT), values);
    },
    layerNormBackward({ x, gamma, mean, inverse, dy }, p, { dx }) {
      const values = { x, dy, dx, norm: normOf(gamma, mean, inverse, p) };
      jobs.each('layerNormBackward', p.rows, rowsOf(p.columns, LIGHT), values);
    },
    layerNormParameterGradients: normGradients,
    sumRows({ x }, { rows, columns }, { y }) {
      const blocks = Math.ceil(rows / ROW_BLOCK);
      const partial = workspace.reserve(blocks * columns);
      jobs.each('sumRows', rows, ROW_BLOCK, { x, partial, columns });
      jobs.each('combine', columns, 256, { partial, y, blocks });
    },
    gather: ({ table, indices }, { rows, columns, tableRows }, { y }) =>
      jobs.each('gather', rows, rowsOf(columns, LIGHT), { table, indices, y, columns, tableRows }),
    gatherAdd: ({ total, table, indices }, { rows, columns, tableRows }) =>
      jobs.each('gatherAdd', rows, rowsOf(columns, LIGHT), { total, table, indices, columns, tableRows }),
    scatterSum({ dy, order, offsets }, { rows, columns }, { dtable }) {
      const chunks = Math.ceil(rows / SCATTER_ROWS) * Math.ceil(columns / SCATTER_COLUMNS);
      const elements = { size: rows, grain: SCATTER_ROWS };
      jobs.run('scatterSum', chunks, { elements, dy, order, offsets, dtable, columns, width: SCATTER_COLUMNS });
    },
    crossEntropy: ({ logits, labels }, { rows, columns }, { losses, logSumExp }) =>
      jobs.each('crossEntropy', rows, rowsOf(columns, HEAVY), { logits, labels, losses, logSumExp, columns }),
    crossEntropyBackward: (inputs, p, { dlogits }) => entropyGradient(inputs, p, dlogits),
    crossEntropyInPlace: (inputs, p) => entropyGradient(inputs, p, inputs.logits),
    argmax({ x }, { rows, columns }, { indices }) {
      jobs.each('argmax', rows, rowsOf(columns, LIGHT), { x, indices, columns });
      staging.finished('i32'); // so that the host, which reads the integers that attention gets, need not wait there
    },
    sum: ({ x }, { size, scale }, { y }) => total('sum', x, y, size, scale),
    sumSquares: ({ x }, { size }, { y }) => total('sumSquares', x, y, size, 1),
    normaliseRows: ({ x }, { rows, columns, epsilon }, { y }) =>
      jobs.each('normaliseRows', rows, rowsOf(columns, LIGHT), { x, y, columns, epsilon }),
    nesterov: (inputs, { size, beta, clipNorm }, { update }) =>
      jobs.each('nesterov', size, LIGHT, { ...inputs, update, beta, clipNorm }),
    lion(inputs, { size, decayed, beta1, beta2, learningRate, weightDecay, clipNorm }) {
      const rates = { beta1, beta2, learningRate, decay: learningRate * weightDecay, clipNorm };
      jobs.each('lion', size, HEAVY, { ...inputs, decayed, ...rates });
    },
    adamw: (arrays, p) =>
      jobs.each('adamw', p.size, HEAVY, { ...arrays, squaredRatio: 0, count: 1, ...adamwNumbers(p) }),
    adamwStable: (arrays, p) => jobs.each('adamw', p.size, HEAVY, { ...arrays, count: p.count, ...adamwNumbers(p) }),
    adamwRatio: (inputs, p, { ratio }) =>
      jobs.each('adamwRatio', p.size, HEAVY, { ...inputs, ratio, ...adamwRatioNumbers(p) }),
  };
}

type Norm = Record<'columns' | 'epsilon' | 'unbiased', number>;
function normOf(
  gamma: number,
  mean: number,
  inverse: number,
  { columns, epsilon, unbiased }: Norm,
): GroupArguments['norm'] {
  return { gamma, mean, inverse, columns, epsilon, unbiased };
}

function rowsOf(columns: number, elements: number): number {
  return Math.max(1, Math.floor(elements / columns));
}

/** x @ weight' as the contract's matmul. */
function linearProduct({
  rows,
  inputs,
  outputs,
}: Record<'rows' | 'inputs' | 'outputs', number>): KernelParameters<'matmul'> {
  const a = { transposeA: 0, aRow: inputs, aOuter: 0, aInner: 0 };
  const b = { transposeB: 1, bRow: inputs, bOuter: 0, bInner: 0 };
  const c = { cRow: outputs, cOuter: 0, cInner: 0 };
  return { m: rows, n: outputs, k: inputs, scale: 1, outer: 1, inner: 1, ...a, ...b, ...c };
}
