import { dropThreshold } from '../../random.ts';

/** The parameters of a dropout. */
export type DropoutMask = Record<'rate' | 'keyHigh' | 'keyLow', number>;

/** A dropout mask as assembly/draw.ts takes it: three of the job's integers, and its real 1. */
export function maskArguments({ rate, keyHigh, keyLow }: DropoutMask): { integers: number[]; scale: number } {
  return { integers: [dropThreshold(rate), keyLow, keyHigh], scale: 1 / (1 - rate) };
}
