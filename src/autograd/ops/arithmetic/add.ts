import { deferredOp } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { broadcast } from './broadcast.ts';
import { signedSum } from './signedSum.ts';

/** y = a + b, element by element. The smaller of two shapes is broadcast. */
export const add = deferredOp(
  'add',
  (a: Tensor, b: Tensor | number) => (typeof b === 'number' ? a.shape : broadcast('add', a, b).shape),
  (launch, a, b) => signedSum('add', launch, a, b, 1),
);
