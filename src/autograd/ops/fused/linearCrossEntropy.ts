import { op, tapeOf } from '../../op.ts';
import { expectShape } from '../../shape.ts';
import type { Indices, Tensor } from '../../tensor.ts';
import { crossEntropy, expectLabels } from '../crossEntropy.ts';
import { biasGradient, inputGradient, linear, linearForward, linearSizes, weightGradient } from '../linear.ts';

/**
 * losses[r] = -log softmax(x @ weight' + bias)[r, labels[r]], in nats. Where the device has the kernel, the logits, often the largest
 * array of all, become their own gradient.
 * @param x (rows, inputs)
 * @param weight (classes, inputs)
 * @param bias (classes), or undefined
 * @param labels (rows), each from 0 up to classes
 * @returns (rows)
 */
export function linearCrossEntropy(x: Tensor, weight: Tensor, bias: Tensor | undefined, labels: Indices): Tensor {
  const tape = tapeOf('linearCrossEntropy', [x]);
  if (tape.has('crossEntropyInPlace')) return fused(x, weight, labels, bias);
  return crossEntropy(linear(x, weight, bias), labels); // (rows)
}

const fused = op(
  'linearCrossEntropy',
  (launch, x: Tensor, weight: Tensor, labels: Indices, bias: Tensor | undefined) => {
    const sizes = linearSizes(x, weight);
    const size = { rows: sizes.rows, columns: sizes.outputs };
    if (bias) expectShape('linearCrossEntropy', 'bias', bias.shape, [sizes.outputs]);
    expectLabels('linearCrossEntropy', labels, size);
    const logits = linearForward(launch, x, weight, bias, sizes); // (rows, classes)
    const { losses, logSumExp } = launch('crossEntropy', { logits, labels }, size);
    return {
      output: losses,
      shape: labels.shape,
      backward: (dlosses, launch, into) => {
        launch('crossEntropyInPlace', { logits, labels, logSumExp, dlosses }, size); // logits are now their gradient
        return [
          inputGradient(launch, logits, weight, sizes), // (rows, inputs)
          weightGradient(launch, logits, x, sizes, into[1]), // (classes, inputs)
          undefined,
          bias && biasGradient(launch, logits, sizes, into[3]), // (classes)
        ];
      },
      saved: [x, weight, labels, logits, logSumExp],
    };
  },
);
