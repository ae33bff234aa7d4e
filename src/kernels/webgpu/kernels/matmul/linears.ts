import type { Kernels, KernelParameters } from '../../../contract.ts';
import type { GpuHandles } from '../../engine/buffers.ts';
import { maskValues } from '../wgsl/dropoutMask.ts';
import type { Activation, Joined, Multiply } from './product.ts';

export type LinearKernels = Pick<
  Kernels<GpuHandles>,
  | 'linear'
  | 'linearGelu'
  | 'linearInputGradient'
  | 'linearInputGradientAdd'
  | 'linearInputGradientGelu'
  | 'linearParameterGradients'
>;

/** Linear layers as products. */
export function linearKernels(multiply: Multiply): LinearKernels {
  const activationOf = (
    p: Pick<KernelParameters<'linearGelu'>, 'tanh' | 'rate' | 'keyHigh' | 'keyLow'>,
  ): Activation => ({ tanh: p.tanh, ...maskValues(p) });
  return {
    linear: ({ x, weight, bias }, p, { y }) => multiply(x, weight, y, forward(p, p.layers), { epilogue: 'bias', bias }),
    linearGelu: ({ x, weight, bias }, p, { linear, y }) =>
      multiply(x, weight, linear, forward(p, 1), { epilogue: 'gelu', bias, y, activation: activationOf(p) }),
    linearInputGradient: ({ dy, weight }, p, { dx }) => multiply(dy, weight, dx, toInput(p), { joined: joinedOf(p) }),
    linearInputGradientAdd: ({ total, dy, weight }, p) =>
      multiply(dy, weight, total, toInput(p), { epilogue: 'add', joined: joinedOf(p) }),
    linearInputGradientGelu: ({ x, dy, weight }, p, { dx }) =>
      multiply(dy, weight, dx, toInput(p), { epilogue: 'geluBoth', y: x, activation: activationOf(p) }),
    linearParameterGradients: ({ x, dy }, p, { dweight, dbias }) =>
      multiply(dy, x, dweight, toParameters(p), { sums: dbias }),
  };
}

type Sizes = Record<'rows' | 'inputs' | 'outputs', number>;
type Matrices = Pick<
  KernelParameters<'matmul'>,
  'm' | 'n' | 'k' | 'transposeA' | 'transposeB' | 'aRow' | 'bRow' | 'cRow' | 'outer' | 'aOuter' | 'bOuter' | 'cOuter'
>;

/** Listed one by one: a step has hundreds of products, and spreading objects is slow. */
const product = (p: Matrices): KernelParameters<'matmul'> => ({
  m: p.m,
  n: p.n,
  k: p.k,
  transposeA: p.transposeA,
  transposeB: p.transposeB,
  scale: 1,
  outer: p.outer,
  inner: 1,
  aRow: p.aRow,
  aOuter: p.aOuter,
  aInner: 0,
  bRow: p.bRow,
  bOuter: p.bOuter,
  bInner: 0,
  cRow: p.cRow,
  cOuter: p.cOuter,
  cInner: 0,
});

/** x @ weight' of each layer */
const forward = ({ rows, inputs, outputs }: Sizes, layers: number): KernelParameters<'matmul'> =>
  product({
    m: rows,
    n: outputs,
    k: inputs,
    transposeA: 0,
    transposeB: 1,
    aRow: inputs,
    bRow: inputs,
    cRow: outputs,
    outer: layers,
    aOuter: 0,
    bOuter: outputs * inputs,
    cOuter: rows * outputs,
  });

/** dy @ weight of one layer */
const toInput = ({ rows, inputs, outputs }: Sizes): KernelParameters<'matmul'> =>
  product({
    m: rows,
    n: inputs,
    k: outputs,
    transposeA: 0,
    transposeB: 0,
    aRow: outputs,
    bRow: inputs,
    cRow: inputs,
    outer: 1,
    aOuter: 0,
    bOuter: 0,
    cOuter: 0,
  });

/** dy' @ x of each layer */
const toParameters = ({ rows, inputs, outputs, layers }: Sizes & { layers: number }): KernelParameters<'matmul'> =>
  product({
    m: outputs,
    n: inputs,
    k: rows,
    transposeA: 1,
    transposeB: 0,
    aRow: outputs,
    bRow: inputs,
    cRow: inputs,
    outer: layers,
    aOuter: rows * outputs,
    bOuter: 0,
    cOuter: outputs * inputs,
  });

function joinedOf({ rows, inputs, outputs, layers }: Sizes & { layers: number }): Joined | undefined {
  return layers === 1 ? undefined : { count: layers, aStep: rows * outputs, bStep: outputs * inputs };
}
