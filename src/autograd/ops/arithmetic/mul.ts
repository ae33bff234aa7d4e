import { op } from '../../op.ts';
import type { Launch, Recorded, Tensor } from '../../tensor.ts';
import { broadcast, sumOfCopies } from './broadcast.ts';

/** y = a * b, element by element. The smaller of two shapes is broadcast. */
export const mul = op('mul', (launch, a: Tensor, b: Tensor | number) => {
  if (typeof b === 'number') return scaled(launch, a, b);
  const { shape, size } = broadcast('mul', a, b);
  const [wide, narrow] = a.size === size ? [a, b] : [b, a];
  const exact = [a, b].every(({ array }) => array.type === 'f32') ? 'f32' : undefined; // losses are, in half precision too
  return {
    output: launch('mul', { a: wide, b: narrow }, { size, period: narrow.size }, { y: exact }).y,
    shape,
    backward: (dy, launch, into) =>
      [a, b].map((input, i) => {
        const other = i === 0 ? b : a;
        const target = (input.size === size ? into[i] : undefined) ?? exact;
        const { y } = launch('mul', { a: dy, b: other }, { size, period: other.size }, { y: target });
        return sumOfCopies(launch, y, size, input.size, into[i]);
      }),
    saved: [a, b],
  };
});

/** y = factor * x */
export function scaled(launch: Launch, x: Tensor, factor: number): Recorded {
  const parameters = { size: x.size, factor, term: 0 };
  return {
    output: launch('affine', { x }, parameters).y,
    shape: x.shape,
    backward: (dy, launch, into) => [launch('affine', { x: dy }, parameters, { y: into[0] }).y],
    saved: [],
  };
}
