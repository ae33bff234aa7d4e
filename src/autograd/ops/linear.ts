import type { DeviceArray } from '../../kernels/device.ts';
import { BertrandError } from '../../error.ts';
import { matmulParameters } from '../matmulParameters.ts';
import { op } from '../op.ts';
import { expectShape, rowsAndColumns, show } from '../shape.ts';
import type { Destinations, Gradients, Run, Tensor } from '../tensor.ts';

/**
 * y = x @ weight' + bias.
 * @param x (..., inputs)
 * @param weight (outputs, inputs)
 * @param bias (outputs), or left out
 * @returns (..., outputs)
 */
export const linear = op('linear', (run, x: Tensor, weight: Tensor, bias?: Tensor) => {
  const { outputs } = linearSizes(x, weight);
  if (bias) expectShape('linear', 'bias', bias.shape, [outputs]);
  return {
    output: forward(run, x, weight, bias),
    shape: [...x.shape.slice(0, -1), outputs],
    backward: (dy, run, into) => linearBackward(dy, run, into, x, weight, bias),
    reads: [x, weight],
  };
});

/** From dy to the gradients of x, weight and bias. */
export function linearBackward(
  dy: DeviceArray,
  run: Run,
  into: Destinations,
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
): Gradients {
  const { rows, inputs, outputs } = linearSizes(x, weight);
  const wide = { row: inputs };
  const narrow = { row: outputs };
  const toInput = matmulParameters({ m: rows, n: inputs, k: outputs, a: narrow, b: wide, c: wide });
  const toWeight = matmulParameters({ m: outputs, n: inputs, k: rows, transposeA: true, a: narrow, b: wide, c: wide });
  return [
    run('matmul', { a: dy, b: weight }, toInput).c, // (..., inputs)
    run('matmul', { a: dy, b: x }, toWeight, { c: into[1] }).c, // (outputs, inputs)
    bias && run('sumRows', { x: dy }, { rows, columns: outputs }, { y: into[2] }).y, // (outputs)
  ];
}

function forward(run: Run, x: Tensor, weight: Tensor, bias?: Tensor): DeviceArray {
  const { rows, inputs, outputs } = linearSizes(x, weight);
  if (bias && run.has('linear')) return run('linear', { x, weight, bias }, { rows, inputs, outputs }).y;
  const layouts = { a: { row: inputs }, b: { row: inputs }, c: { row: outputs } };
  const parameters = matmulParameters({ m: rows, n: outputs, k: inputs, transposeB: true, ...layouts });
  const product = run('matmul', { a: x, b: weight }, parameters).c; // (..., outputs)
  return bias ? run('addBias', { x: product, bias }, { rows, columns: outputs }).y : product;
}

/** Throws a BertrandError unless weight's columns are x's. */
export function linearSizes(x: Tensor, weight: Tensor): { rows: number; inputs: number; outputs: number } {
  const { rows, columns: inputs } = rowsAndColumns(x.shape);
  if (weight.shape.length !== 2 || weight.shape[1] !== inputs)
    throw new BertrandError(
      `linear: weight ${show(weight.shape)} does not fit x ${show(x.shape)}; it must be (outputs, ${inputs})`,
    );
  return { rows, inputs, outputs: weight.shape[0] };
}
