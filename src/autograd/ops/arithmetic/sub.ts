import { op } from '../../op.ts';
import type { Tensor } from '../../tensor.ts';
import { signedSum } from './signedSum.ts';

/** y = a - b, element by element. The smaller of two shapes is broadcast. */
export const sub = op('sub', (launch, a: Tensor, b: Tensor | number) => signedSum('sub', launch, a, b, -1));
