import type { KernelParameters } from '../../kernels/contract.ts';
import type { DeviceArray } from '../../kernels/device.ts';
import { BertrandError } from '../../error.ts';
import { matmulParameters } from '../../kernels/matmulParameters.ts';
import { deferredOp } from '../op.ts';
import { expectShape, rowsAndColumns, show } from '../shape.ts';
import type { Destinations, Gradients, Launch, Tensor } from '../tensor.ts';

/**
 * y = x @ weight' + bias. Other shapes throw a BertrandError.
 * @param x (..., inputs)
 * @param weight (outputs, inputs)
 * @param bias (outputs), optional
 * @returns (..., outputs)
 */
export const linear = deferredOp(
  'linear',
  (x: Tensor, weight: Tensor, bias?: Tensor) => {
    const { outputs } = linearSizes(x, weight);
    if (bias) expectShape('linear', 'bias', bias.shape, [outputs]);
    return [...x.shape.slice(0, -1), outputs];
  },
  (launch, x, weight, bias?: Tensor) => ({
    output: linearForward(launch, x, weight, bias, linearSizes(x, weight)),
    backward: (dy, launch, into, before) => linearBackward(dy, launch, into, before, x, weight, bias),
    saved: [x, weight],
  }),
);

/** `layers` weights (and biases) one after another may share x; their outputs lie one after another too. */
export type LinearSizes = KernelParameters<'linear'>;

/** y by the fused kernel, or by matmul and addBias. */
export function linearForward(
  launch: Launch,
  x: Tensor | DeviceArray,
  weight: Tensor | DeviceArray,
  bias: Tensor | DeviceArray | undefined,
  sizes: LinearSizes,
): DeviceArray {
  if (bias && launch.has('linear')) return launch('linear', { x, weight, bias }, sizes).y;
  const { rows, inputs, outputs, layers } = sizes;
  const layouts = {
    a: { row: inputs },
    b: { row: inputs, outer: outputs * inputs },
    c: { row: outputs, outer: rows * outputs },
  };
  const parameters = matmulParameters({ m: rows, n: outputs, k: inputs, outer: layers, transposeB: true, ...layouts });
  const product = launch('matmul', { a: x, b: weight }, parameters).c; // (..., outputs)
  return bias ? launch('addBias', { x: product, bias }, { rows, columns: outputs }).y : product;
}

/** The gradients of those of x, weight and bias that have one. */
export function linearBackward(
  dy: DeviceArray,
  launch: Launch,
  into: Destinations,
  before: Gradients,
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
): Gradients {
  const sizes = linearSizes(x, weight);
  return [
    x.requiresGradient ? inputGradient(launch, dy, weight, sizes, before[0]) : undefined, // (..., inputs)
    ...parameterGradients(launch, dy, x, [weight, bias], sizes, into.slice(1)), // (outputs, inputs), (outputs)
  ];
}

/** The gradient of x, added to `before` if that is given and the device can. */
export function inputGradient(
  launch: Launch,
  dy: DeviceArray,
  weight: Tensor | DeviceArray,
  sizes: LinearSizes,
  before?: DeviceArray,
): DeviceArray {
  if (before && launch.has('linearInputGradientAdd')) {
    launch('linearInputGradientAdd', { total: before, dy, weight }, sizes);
    return before;
  }
  const { rows, inputs, outputs, layers } = sizes;
  if (layers > 1) return launch('linearInputGradient', { dy, weight }, sizes).dx;
  const layouts = { a: { row: outputs }, b: { row: inputs }, c: { row: inputs } };
  return launch('matmul', { a: dy, b: weight }, matmulParameters({ m: rows, n: inputs, k: outputs, ...layouts })).c;
}

/** The gradients of weight and bias, by the fused kernel or one by one; none of those that are frozen. */
export function parameterGradients(
  launch: Launch,
  dy: DeviceArray,
  x: Tensor | DeviceArray,
  [weight, bias]: readonly [weight: Tensor, bias: Tensor | undefined],
  sizes: LinearSizes,
  [intoWeight, intoBias]: Destinations,
): Gradients {
  if (weight.requiresGradient && bias?.requiresGradient && launch.has('linearParameterGradients')) {
    const into = { dweight: intoWeight, dbias: intoBias };
    const { dweight, dbias } = launch('linearParameterGradients', { x, dy }, sizes, into);
    return [dweight, dbias];
  }
  const { rows, inputs, outputs, layers } = sizes;
  const layouts = {
    a: { row: outputs, outer: rows * outputs },
    b: { row: inputs },
    c: { row: inputs, outer: outputs * inputs },
  };
  const product = matmulParameters({ m: outputs, n: inputs, k: rows, outer: layers, transposeA: true, ...layouts });
  return [
    weight.requiresGradient ? launch('matmul', { a: dy, b: x }, product, { c: intoWeight }).c : undefined,
    bias?.requiresGradient ? launch('sumRows', { x: dy }, { rows, columns: outputs }, { y: intoBias }).y : undefined,
  ];
}

/** Throws a BertrandError unless weight is (outputs, x's columns). */
export function linearSizes(x: Tensor, weight: Tensor): LinearSizes {
  const { rows, columns: inputs } = rowsAndColumns(x.shape);
  if (weight.shape.length !== 2 || weight.shape[1] !== inputs)
    throw new BertrandError(
      `linear: weight ${show(weight.shape)} does not match x ${show(x.shape)}; it must be (outputs, ${inputs})`,
    );
  return { rows, inputs, outputs: weight.shape[0], layers: 1 };
}
