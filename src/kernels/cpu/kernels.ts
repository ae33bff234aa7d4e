import type { Kernels, KernelParameters } from '../contract.ts';
import type { Arena } from './engine/arena.ts';
import { Attention } from './kernels/attention.ts';
import type { Jobs } from './engine/jobs.ts';
import { maskArguments } from './kernels/dropoutMask.ts';
import type { DropoutMask } from './kernels/dropoutMask.ts';
import { Matmul } from './kernels/matmul.ts';
import { Workspace } from './engine/workspace.ts';

/** Arrays are known by their byte offset in the arena. */
export interface CpuHandles {
  f32: number;
  i32: number;
  f16: number; // never made
}

const LIGHT = 2 ** 14; // elements a chunk for kernels that are bound by memory
const HEAVY = 2 ** 12; // the same where an element costs a nanosecond
const ROW_BLOCK = 64; // rows that are summed before partial sums are: fixed, so that results never depend on threads
const SCATTER_ROWS = 64;
const SCATTER_COLUMNS = 64;

/**
 * The contract's kernels as jobs for assembly/: how each is cut into chunks and where its parameters go.
 * @param blas whether every thread is connected to a system BLAS, to which products then go
 */
export function cpuKernels(arena: Arena, jobs: Jobs, blas: boolean): Kernels<CpuHandles> {
  const matmul = new Matmul(arena, jobs, blas);
  const [attention, attentionAt] = [new Attention(arena, jobs, blas), new Attention(arena, jobs, blas)]; // each keeps its plan
  const workspace = new Workspace(arena);

  /** A kernel over `size` elements (or rows), `grain` a chunk. */
  const each = (name: string, size: number, grain: number, integers: number[], reals: number[] = []): void =>
    jobs.run(name, Math.ceil(size / grain), [size, grain, ...integers], reals);
  const rowsOf = (columns: number, elements: number): number => Math.max(1, Math.floor(elements / columns));
  /** The same with a dropout mask, whose integers come last. */
  const drawn = (name: string, size: number, grain: number, integers: number[], p: DropoutMask, epsilon = 0): void => {
    const mask = maskArguments(p);
    each(name, size, grain, [...integers, ...mask.integers], [epsilon, mask.scale]);
  };
  const total = (name: string, x: number, y: number, size: number, scale: number): void => {
    const partial = workspace.reserve(2 * Math.ceil(size / LIGHT));
    each(name, size, LIGHT, [x, partial]);
    jobs.run('total', 1, [Math.ceil(size / LIGHT), 0, partial, y], [scale]);
  };
  type Entropy = Record<'logits' | 'labels' | 'logSumExp' | 'dlosses', number>;
  const entropyGradient = (
    from: Entropy,
    { rows, columns }: KernelParameters<'crossEntropy'>,
    dlogits: number,
  ): void => {
    const integers = [from.logits, from.labels, from.logSumExp, from.dlosses, dlogits, columns];
    each('crossEntropyBackward', rows, rowsOf(columns, HEAVY), integers);
  };

  return {
    matmul: ({ a, b }, p, { c }) => matmul.run(a, b, c, p),
    linear: ({ x, weight, bias }, p, { y }) => matmul.run(x, weight, y, linearProduct(p), { bias }),
    linearGelu({ x, weight, bias }, p, { linear, y }) {
      const { integers, scale } = maskArguments(p);
      matmul.run(x, weight, linear, linearProduct(p), {
        bias,
        activated: { y, integers: [p.tanh, ...integers], scale },
      });
    },
    attention: (inputs, p, outputs) => attention.forward({ ...inputs, ...outputs }, p),
    attentionBackward: ({ dcontext, ...inputs }, p, outputs) => attention.backward(inputs, { dcontext, ...outputs }, p),
    attentionAt: (inputs, p, outputs) => attentionAt.forward({ ...inputs, ...outputs }, p),
    attentionAtBackward: ({ dcontext, ...inputs }, p, outputs) =>
      attentionAt.backward(inputs, { dcontext, ...outputs }, p),
    add: ({ a, b }, { size }, { y }) => each('add', size, LIGHT, [a, b, y]),
    accumulate: ({ total, x }, { size }) => each('add', size, LIGHT, [total, x, total]),
    fill: (_, { size, value }, { y }) => each('fill', size, LIGHT, [y, 0], [value]),
    broadcast: ({ x }, { size, scale }, { y }) => each('fill', size, LIGHT, [y, x], [scale]),
    addBias: ({ x, bias }, { rows, columns }, { y }) =>
      each('addBias', rows, rowsOf(columns, LIGHT), [x, bias, y, columns]),
    gelu: ({ x }, { size, tanh }, { y }) => each('gelu', size, HEAVY, [x, y, tanh]),
    geluBackward: ({ x, dy }, { size, tanh }, { dx }) => each('geluBackward', size, HEAVY, [x, dy, dx, tanh]),
    geluDropout: ({ x }, p, { y }) => drawn('geluDropout', p.size, HEAVY, [x, y, p.tanh], p),
    geluDropoutBackward: ({ x, dy }, p, { dx }) => drawn('geluDropoutBackward', p.size, HEAVY, [x, dy, dx, p.tanh], p),
    geluDropoutBoth: ({ x, dy }, p) => drawn('geluDropoutBoth', p.size, HEAVY, [x, dy, p.tanh], p),
    dropout: ({ x }, p, { y }) => drawn('dropout', p.size, HEAVY, [x, y], p),
    dropoutAdd: ({ x, residual }, p, { y }) => drawn('dropoutAdd', p.size, HEAVY, [x, residual, y], p),
    dropoutAddLayerNorm({ x, residual, gamma, beta }, p, { sum, y, mean, inverse }) {
      const arrays = [sum, gamma, beta, y, mean, inverse, p.columns, p.unbiased, x, residual];
      drawn('dropoutAddLayerNorm', p.rows, rowsOf(p.columns, HEAVY), arrays, p, p.epsilon);
    },
    dropoutAddLayerNormBackward({ sum, gamma, mean, inverse, dy, dsum }, p, { dresidual, dx }) {
      const arrays = [sum, gamma, mean, inverse, dy, dresidual, p.columns, p.unbiased, p.addSum ? dsum : 0, dx];
      drawn('dropoutAddLayerNormBackward', p.rows, rowsOf(p.columns, HEAVY), arrays, p, p.epsilon);
    },
    softmax: ({ x }, { rows, columns }, { y }) => each('softmax', rows, rowsOf(columns, HEAVY), [x, y, columns]),
    maskedSoftmax: ({ x, spans }, { batch, heads, length }, { y }) =>
      each('maskedSoftmax', batch * heads * length, rowsOf(length, HEAVY), [x, y, heads, length, spans]),
    softmaxBackward: ({ y, dy }, { rows, columns }, { dx }) =>
      each('softmaxBackward', rows, rowsOf(columns, LIGHT), [y, dy, dx, columns]),
    layerNorm: ({ x, gamma, beta }, { rows, columns, epsilon, unbiased }, { y, mean, inverse }) =>
      each('layerNorm', rows, rowsOf(columns, LIGHT), [x, gamma, beta, y, mean, inverse, columns, unbiased], [epsilon]),
    layerNormBackward: ({ x, gamma, mean, inverse, dy }, { rows, columns, epsilon, unbiased }, { dx }) =>
      each(
        'layerNormBackward',
        rows,
        rowsOf(columns, LIGHT),
        [x, gamma, mean, inverse, dy, dx, columns, unbiased],
        [epsilon],
      ),
    layerNormParameterGradients({ x, mean, inverse, dy }, { rows, columns }, { dgamma, dbeta }) {
      const blocks = Math.ceil(rows / ROW_BLOCK);
      const partial = workspace.reserve(2 * blocks * columns);
      const second = partial + 4 * blocks * columns;
      each('layerNormGradients', rows, ROW_BLOCK, [x, mean, inverse, dy, partial, second, columns]);
      each('combine', columns, 256, [partial, dgamma, blocks]);
      each('combine', columns, 256, [second, dbeta, blocks]);
    },
    sumRows({ x }, { rows, columns }, { y }) {
      const blocks = Math.ceil(rows / ROW_BLOCK);
      const partial = workspace.reserve(blocks * columns);
      each('sumRows', rows, ROW_BLOCK, [x, partial, columns]);
      each('combine', columns, 256, [partial, y, blocks]);
    },
    gather: ({ table, indices }, { rows, columns, tableRows }, { y }) =>
      each('gather', rows, rowsOf(columns, LIGHT), [table, indices, y, columns, tableRows]),
    gatherAdd: ({ total, table, indices }, { rows, columns, tableRows }) =>
      each('gatherAdd', rows, rowsOf(columns, LIGHT), [table, indices, total, columns, tableRows]),
    scatterSum({ dy, order, offsets }, { rows, columns }, { dtable }) {
      const chunks = Math.ceil(rows / SCATTER_ROWS) * Math.ceil(columns / SCATTER_COLUMNS);
      jobs.run('scatterSum', chunks, [rows, SCATTER_ROWS, dy, order, offsets, dtable, columns, SCATTER_COLUMNS]);
    },
    crossEntropy: ({ logits, labels }, { rows, columns }, { losses, logSumExp }) =>
      each('crossEntropy', rows, rowsOf(columns, HEAVY), [logits, labels, losses, logSumExp, columns]),
    crossEntropyBackward: (inputs, p, { dlogits }) => entropyGradient(inputs, p, dlogits),
    crossEntropyInPlace: (inputs, p) => entropyGradient(inputs, p, inputs.logits),
    argmax: ({ x }, { rows, columns }, { indices }) =>
      each('argmax', rows, rowsOf(columns, LIGHT), [x, indices, columns]),
    sum: ({ x }, { size, scale }, { y }) => total('sum', x, y, size, scale),
    sumSquares: ({ x }, { size }, { y }) => total('sumSquares', x, y, size, 1),
    adamw({ weights, gradients, firstMoment, secondMoment, squaredNorm }, p) {
      const arrays = [weights, gradients, firstMoment, secondMoment, squaredNorm, p.decayed];
      const rates = [1 - p.beta1, 1 - p.beta2, p.learningRate / p.correction1, 1 / p.correction2];
      each('adamw', p.size, HEAVY, arrays, [...rates, p.epsilon, p.learningRate * p.weightDecay, p.clipNorm]);
    },
  };
}

/** x @ weight' as the contract's matmul. */
function linearProduct({ rows, inputs, outputs }: KernelParameters<'linear'>): KernelParameters<'matmul'> {
  const a = { transposeA: 0, aRow: inputs, aOuter: 0, aInner: 0 };
  const b = { transposeB: 1, bRow: inputs, bOuter: 0, bInner: 0 };
  const c = { cRow: outputs, cOuter: 0, cInner: 0 };
  return { m: rows, n: outputs, k: inputs, scale: 1, outer: 1, inner: 1, ...a, ...b, ...c };
}
