import type { DeviceArray, Target } from '../../../kernels/device.ts';
import type { Launch, Recorded, Tensor } from '../../tensor.ts';
import { broadcast, sumOfCopies } from './broadcast.ts';

/** y = a + sign * b */
export function signedSum(op: string, launch: Launch, a: Tensor, b: Tensor | number, sign: 1 | -1): Recorded {
  if (typeof b === 'number') {
    const { y } = launch('affine', { x: a }, { size: a.size, factor: 1, term: sign * b });
    return { output: y, shape: a.shape, backward: (dy) => [dy], saved: [] };
  }
  const { shape, size } = broadcast(op, a, b);
  const second = sign === 1 ? b : negated(launch, b, b.size);
  return {
    output: sumOf(launch, a, second, size, a.size, b.size),
    shape,
    backward(dy, launch, into) {
      const da = sumOfCopies(launch, dy, size, a.size, into[0]);
      if (sign === 1) return [da, sumOfCopies(launch, dy, size, b.size, into[1])];
      return [da, negated(launch, sumOfCopies(launch, dy, size, b.size), b.size, into[1])];
    },
    saved: [],
  };
}

/** a + b, with the smaller one broadcast to `size` */
function sumOf(
  launch: Launch,
  a: Tensor | DeviceArray,
  b: Tensor | DeviceArray,
  size: number,
  sizeOfA: number,
  sizeOfB: number,
): DeviceArray {
  if (sizeOfA === sizeOfB) return launch('add', { a, b }, { size }).y;
  const [x, bias, columns] = sizeOfA === size ? [a, b, sizeOfB] : [b, a, sizeOfA];
  return launch('addBias', { x, bias }, { rows: size / columns, columns }).y;
}

function negated(launch: Launch, x: Tensor | DeviceArray, size: number, into?: Target): DeviceArray {
  return launch('affine', { x }, { size, factor: -1, term: 0 }, { y: into }).y;
}
