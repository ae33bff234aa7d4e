import type { DeviceArray } from '../../../kernels/device.ts';
import { fusion, isDeferred } from '../../deferred.ts';
import { opOfMany } from '../../op.ts';
import type { Indices, Tensor } from '../../tensor.ts';
import { crossEntropy, expectLabels } from '../crossEntropy.ts';
import { inputGradient, linear, linearForward, linearSizes, parameterGradients } from '../linear.ts';

/**
 * crossEntropy(linear(x, weight, bias), labels), with or without a bias. Backward overwrites the logits, often the largest array of all,
 * with their gradient: every other op that used them has finished its backward by then.
 */
export const linearCrossEntropy = fusion(crossEntropy, ['crossEntropyInPlace'], (logits, labels) => {
  if (!isDeferred(linear, logits)) return undefined;
  const [x, weight, bias] = logits.args;
  return { ...fused.prepare(x, weight, labels, bias), others: [logits] };
});

const fused = opOfMany(
  'linearCrossEntropy',
  (launch, x: Tensor, weight: Tensor, labels: Indices, bias: Tensor | undefined) => {
    const sizes = linearSizes(x, weight);
    const size = { rows: sizes.rows, columns: sizes.outputs };
    expectLabels('crossEntropy', labels, size);
    const logits = linearForward(launch, x, weight, bias, sizes); // (rows, classes)
    const { losses, logSumExp } = launch('crossEntropy', { logits, labels }, size);
    return {
      outputs: [
        { array: losses, shape: labels.shape },
        { array: logits, shape: [...x.shape.slice(0, -1), sizes.outputs] },
      ],
      backward: ([dlosses, dlogits], launch, into, before) => {
        if (dlosses) launch('crossEntropyInPlace', { logits, labels, logSumExp, dlosses }, size); // logits now holds its gradient
        if (dlosses && dlogits) launch('accumulate', { total: logits, x: dlogits }, { size: size.rows * size.columns });
        const dy = dlosses ? logits : (dlogits as DeviceArray);
        const dx = x.requiresGradient ? inputGradient(launch, dy, weight, sizes, before[0]) : undefined; // (rows, inputs)
        const [dweight, dbias] = parameterGradients(launch, dy, x, [weight, bias], sizes, [into[1], into[3]]); // (classes, inputs), (classes)
        return [dx, dweight, undefined, dbias];
      },
      saved: [x, weight, labels, logits, logSumExp],
    };
  },
);
