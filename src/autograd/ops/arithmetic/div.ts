import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { broadcast, sumOfCopies } from './broadcast.ts';
import { scaled } from './mul.ts';

/** y = a / b, element by element; da = dy / b, db = -dy * y / b. The smaller of two shapes is broadcast. */
export const div = op('div', (launch, a: Tensor, b: Tensor | number) => {
  if (typeof b === 'number') return scaled(launch, a, 1 / b);
  const { shape, size } = broadcast('div', a, b);
  const { y: inverse } = launch('reciprocal', { x: b }, { size: b.size });
  const [wide, narrow, period] = a.size === size ? [a, inverse, b.size] : [inverse, a, a.size];
  const { y } = launch('mul', { a: wide, b: narrow }, { size, period });
  return {
    output: y,
    shape,
    backward(dy, launch, into) {
      const { y: dcopies } = launch('mul', { a: dy, b: inverse }, { size, period: b.size });
      const { y: products } = launch('mul', { a: dy, b: y }, { size, period: size });
      const total = sumOfCopies(launch, products, size, b.size);
      const { y: opposite } = launch('mul', { a: total, b: inverse }, { size: b.size, period: b.size });
      return [
        sumOfCopies(launch, dcopies, size, a.size, into[0]),
        launch('affine', { x: opposite }, { size: b.size, factor: -1, term: 0 }, { y: into[1] }).y,
      ];
    },
    saved: [y, inverse],
  };
});
