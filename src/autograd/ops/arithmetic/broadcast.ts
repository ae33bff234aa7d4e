import { BertrandError } from '../../../error.ts';
import type { DeviceArray, Target } from '../../../kernels/device.ts';
import { show } from '../../shape.ts';
import type { Shape } from '../../shape.ts';
import type { Launch, Tensor } from '../../tensor.ts';

/**
 * NumPy's broadcasting, limited to repeating the smaller tensor as a whole: its shape must be the last dimensions of the larger one,
 * apart from leading ones. Throws a BertrandError that names both shapes if they do not match.
 * @returns the larger shape
 */
export function broadcast(op: string, a: Tensor, b: Tensor): { readonly shape: Shape; readonly size: number } {
  const larger = b.size - a.size || b.shape.length - a.shape.length;
  const [wide, narrow] = larger > 0 ? [b, a] : [a, b];
  const first = narrow.shape.findIndex((dimension) => dimension !== 1);
  const repeated = first < 0 ? [] : narrow.shape.slice(first);
  const end = wide.shape.slice(wide.shape.length - repeated.length);
  if (narrow.shape.length > wide.shape.length || repeated.some((dimension, i) => dimension !== end[i]))
    throw new BertrandError(`${op}: shapes ${show(a.shape)} and ${show(b.shape)} do not match`, {
      advice: 'they must be equal, or one a scalar or the last dimensions of the other',
    });
  return { shape: wide.shape, size: wide.size };
}

/**
 * The gradient of a tensor of `period` elements that was broadcast to `size`: the sum of the gradients of its copies, or `gradient`
 * itself if there is only one copy.
 */
export function sumOfCopies(
  launch: Launch,
  gradient: DeviceArray,
  size: number,
  period: number,
  into?: Target,
): DeviceArray {
  if (period === size) return gradient;
  if (period === 1) return launch('sum', { x: gradient }, { size, scale: 1 }, { y: into }).y;
  return launch('sumRows', { x: gradient }, { rows: size / period, columns: period }, { y: into }).y;
}
