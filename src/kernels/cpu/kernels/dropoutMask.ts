import { dropThreshold } from '../../random.ts';
import type { GroupArguments } from '../jobs/table.ts';

/** The contract's parameters of a dropout. */
export type MaskNumbers = Record<'rate' | 'keyHigh' | 'keyLow', number>;

/** The arguments from which assembly/dropoutMask.ts draws the mask. */
export function maskOf({ rate, keyHigh, keyLow }: MaskNumbers): GroupArguments['mask'] {
  return { threshold: dropThreshold(rate), keyLow, keyHigh, factor: 1 / (1 - rate) };
}
