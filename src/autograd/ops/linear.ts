import type { KernelParameters } from '../../kernels/contract.ts';
import type { DeviceArray, Target } from '../../kernels/device.ts';
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
    backward: (dy, launch, into) => linearBackward(dy, launch, into, x, weight, bias),
    saved: [x, weight],
  }),
);

type LinearSizes = KernelParameters<'linear'>;

/** y by the fused kernel, or by matmul and addBias. */
export function linearForward(
  launch: Launch,
  x: Tensor | DeviceArray,
  weight: Tensor,
  bias: Tensor | undefined,
  { rows, inputs, outputs }: LinearSizes,
): DeviceArray {
  if (bias && launch.has('linear')) return launch('linear', { x, weight, bias }, { rows, inputs, outputs }).y;
  const layouts = { a: { row: inputs }, b: { row: inputs }, c: { row: outputs } };
  const parameters = matmulParameters({ m: rows, n: outputs, k: inputs, transposeB: true, ...layouts });
  const product = launch('matmul', { a: x, b: weight }, parameters).c; // (..., outputs)
  return bias ? launch('addBias', { x: product, bias }, { rows, columns: outputs }).y : product;
}

/** The gradients of x, weight and bias. */
export function linearBackward(
  dy: DeviceArray,
  launch: Launch,
  into: Destinations,
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
): Gradients {
  const sizes = linearSizes(x, weight);
  return [
    inputGradient(launch, dy, weight, sizes), // (..., inputs)
    ...parameterGradients(launch, dy, x, sizes, bias, into.slice(1)),
  ];
}

export function inputGradient(
  launch: Launch,
  dy: DeviceArray,
  weight: Tensor,
  { rows, inputs, outputs }: LinearSizes,
): DeviceArray {
  const layouts = { a: { row: outputs }, b: { row: inputs }, c: { row: inputs } };
  return launch('matmul', { a: dy, b: weight }, matmulParameters({ m: rows, n: inputs, k: outputs, ...layouts })).c;
}

/** The gradients of weight (outputs, inputs) and bias (outputs), by the fused kernel or one by one. */
export function parameterGradients(
  launch: Launch,
  dy: DeviceArray,
  x: Tensor | DeviceArray,
  sizes: LinearSizes,
  bias: Tensor | undefined,
  [intoWeight, intoBias]: Destinations,
): Gradients {
  if (bias && launch.has('linearParameterGradients')) {
    const into = { dweight: intoWeight, dbias: intoBias };
    const { dweight, dbias } = launch('linearParameterGradients', { x, dy }, { ...sizes, layers: 1 }, into);
    return [dweight, dbias];
  }
  return [weightGradient(launch, dy, x, sizes, intoWeight), bias && biasGradient(launch, dy, sizes, intoBias)];
}

function weightGradient(
  launch: Launch,
  dy: DeviceArray,
  x: Tensor | DeviceArray,
  { rows, inputs, outputs }: LinearSizes,
  into: Target,
): DeviceArray {
  const layouts = { a: { row: outputs }, b: { row: inputs }, c: { row: inputs } };
  const parameters = matmulParameters({ m: outputs, n: inputs, k: rows, transposeA: true, ...layouts });
  return launch('matmul', { a: dy, b: x }, parameters, { c: into }).c;
}

function biasGradient(launch: Launch, dy: DeviceArray, { rows, outputs }: LinearSizes, into: Target): DeviceArray {
  return launch('sumRows', { x: dy }, { rows, columns: outputs }, { y: into }).y;
}

/** Throws a BertrandError unless weight is (outputs, x's columns). */
export function linearSizes(x: Tensor, weight: Tensor): LinearSizes {
  const { rows, columns: inputs } = rowsAndColumns(x.shape);
  if (weight.shape.length !== 2 || weight.shape[1] !== inputs)
    throw new BertrandError(
      `linear: weight ${show(weight.shape)} does not match x ${show(x.shape)}; it must be (outputs, ${inputs})`,
    );
  return { rows, inputs, outputs: weight.shape[0] };
}
