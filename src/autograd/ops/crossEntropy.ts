import { BertrandError } from '../../error.ts';
import { op } from '../op.ts';
import { expectShape, rowsAndColumns } from '../shape.ts';
import type { Indices, Tensor } from '../tensor.ts';

/**
 * losses[r] = -log softmax(logits[r])[labels[r]], in nats; probabilities are never stored.
 * @param logits (rows, columns)
 * @param labels (rows), each from 0 to columns - 1; others throw a BertrandError
 * @returns (rows)
 */
export const crossEntropy = op('crossEntropy', (launch, logits: Tensor, labels: Indices) => {
  const size = rowsAndColumns(logits.shape);
  expectLabels('crossEntropy', labels, size);
  const { losses, logSumExp } = launch('crossEntropy', { logits, labels }, size);
  return {
    output: losses,
    shape: labels.shape,
    backward: (dlosses, launch) => [
      launch('crossEntropyBackward', { logits, labels, logSumExp, dlosses }, size).dlogits,
    ],
    saved: [logits, labels, logSumExp],
  };
});

/** Throws a BertrandError unless each row has a label from 0 to columns - 1. */
export function expectLabels(op: string, { values, shape }: Indices, size: { rows: number; columns: number }): void {
  expectShape(op, 'labels', shape, [size.rows]);
  const wrong = values.findIndex((label) => label < 0 || label >= size.columns);
  if (wrong >= 0)
    throw new BertrandError(`${op}: label ${values[wrong]} of row ${wrong} is not one of ${size.columns} classes`);
}
