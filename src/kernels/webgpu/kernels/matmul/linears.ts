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
const one = { outer: 1, inner: 1, aOuter: 0, aInner: 0, bOuter: 0, bInner: 0, cOuter: 0, cInner: 0, scale: 1 };

/** x @ weight' of each layer */
function forward({ rows, inputs, outputs }: Sizes, layers: number): KernelParameters<'matmul'> {
  const outer = { outer: layers, bOuter: outputs * inputs, cOuter: rows * outputs };
  const layout = { transposeA: 0, transposeB: 1, aRow: inputs, bRow: inputs, cRow: outputs };
  return { ...one, ...outer, ...layout, m: rows, n: outputs, k: inputs };
}

/** dy @ weight of one layer */
function toInput({ rows, inputs, outputs }: Sizes): KernelParameters<'matmul'> {
  const layout = { transposeA: 0, transposeB: 0, aRow: outputs, bRow: inputs, cRow: inputs };
  return { ...one, ...layout, m: rows, n: inputs, k: outputs };
}

function joinedOf({ rows, inputs, outputs, layers }: Sizes & { layers: number }): Joined | undefined {
  return layers === 1 ? undefined : { count: layers, aStep: rows * outputs, bStep: outputs * inputs };
}

/** dy' @ x of each layer */
function toParameters({ rows, inputs, outputs, layers }: Sizes & { layers: number }): KernelParameters<'matmul'> {
  const outer = { outer: layers, aOuter: rows * outputs, cOuter: outputs * inputs };
  const layout = { transposeA: 1, transposeB: 0, aRow: outputs, bRow: inputs, cRow: inputs };
  return { ...one, ...outer, ...layout, m: outputs, n: inputs, k: rows };
}
