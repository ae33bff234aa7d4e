import { dropThreshold } from '../../random.ts';
import type { GroupArguments } from '../jobs/table.ts';

/** The parameters of a dropout. */
export type MaskNumbers = Record<'rate' | 'keyHigh' | 'keyLow', number>;

/** The arguments of a dropout, of which assembly/dropoutMask.ts draws. */
export function maskOf({ rate, keyHigh, keyLow }: MaskNumbers): GroupArguments['mask'] {
  return { threshold: dropThreshold(rate), keyLow, keyHigh, factor: 1 / (1 - rate) };
}
