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
  // One for each kernel, since a product's parameters stand for all that is planned of it.
  const [linear, linearGelu] = [remembered(forward), remembered(forward)];
  const [inputGradient, inputGradientAdd, inputGradientGelu] = [0, 1, 2].map(() => remembered(toInput));
  const parameterGradients = remembered(toParameters);
  return {
    linear: ({ x, weight, bias }, p, { y }) => multiply(x, weight, y, linear(p).product, { epilogue: 'bias', bias }),
    linearGelu: ({ x, weight, bias }, p, { linear: before, y }) =>
      multiply(x, weight, before, linearGelu(p).product, { epilogue: 'gelu', bias, y, activation: activationOf(p) }),
    linearInputGradient({ dy, weight }, p, { dx }) {
      const { product, joined } = inputGradient(p);
      multiply(dy, weight, dx, product, { joined });
    },
    linearInputGradientAdd({ total, dy, weight }, p) {
      const { product, joined } = inputGradientAdd(p);
      multiply(dy, weight, total, product, { epilogue: 'add', joined });
    },
    linearInputGradientGelu: ({ x, dy, weight }, p, { dx }) =>
      multiply(dy, weight, dx, inputGradientGelu(p).product, {
        epilogue: 'geluBoth',
        y: x,
        activation: activationOf(p),
      }),
    linearParameterGradients: ({ x, dy }, p, { dweight, dbias }) =>
      multiply(dy, x, dweight, parameterGradients(p).product, { sums: dbias }),
  };
}

/** A linear layer's product, and the pairs of matrices that its terms run through, if several. */
interface LinearProduct {
  readonly product: KernelParameters<'matmul'>;
  readonly joined: Joined | undefined;
}

/** Batches may have ever new sizes. */
const MOST_SIZES = 64;

/** Remembers the products that `make` makes: a step has hundreds of them, of few sizes. */
function remembered(make: (p: Layered) => KernelParameters<'matmul'>): (p: Sizes & Partial<Layered>) => LinearProduct {
  let known: (Layered & LinearProduct)[] = [];
  return ({ rows, inputs, outputs, layers = 1 }) => {
    for (const one of known)
      if (one.rows === rows && one.inputs === inputs && one.outputs === outputs && one.layers === layers) return one;
    const sizes = { rows, inputs, outputs, layers };
    const made = { ...sizes, product: make(sizes), joined: joinedOf(sizes) };
    known = known.length < MOST_SIZES ? [...known, made] : [made];
    return made;
  };
}

type Sizes = Record<'rows' | 'inputs' | 'outputs', number>;
type Layered = Sizes & { readonly layers: number };
type Matrices = Pick<
  KernelParameters<'matmul'>,
  'm' | 'n' | 'k' | 'transposeA' | 'transposeB' | 'aRow' | 'bRow' | 'cRow' | 'outer' | 'aOuter' | 'bOuter' | 'cOuter'
>;

const product = (p: Matrices): KernelParameters<'matmul'> => ({
  ...p,
  scale: 1,
  inner: 1,
  aInner: 0,
  bInner: 0,
  cInner: 0,
});

/** x @ weight' of each layer */
const forward = ({ rows, inputs, outputs, layers }: Layered): KernelParameters<'matmul'> =>
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
const toInput = ({ rows, inputs, outputs }: Layered): KernelParameters<'matmul'> =>
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
const toParameters = ({ rows, inputs, outputs, layers }: Layered): KernelParameters<'matmul'> =>
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

function joinedOf({ rows, inputs, outputs, layers }: Layered): Joined | undefined {
  return layers === 1 ? undefined : { count: layers, aStep: rows * outputs, bStep: outputs * inputs };
}
