import * as z from 'zod';

/** The kinds of values that several keys share. */
export const count = z.int().min(1).max(1e9);
/** A length or a width: beyond it no array fits a machine. */
export const extent = z.int().min(1).max(65_536);
/** A number that float32 can hold and tell from 0. */
export const positive = z.number().min(1e-38).max(1e38);
export const nonNegative = z.union([z.literal(0), positive]);
export const share = z.number().min(0).max(1);
export const properShare = z.number().min(0).lt(1);
/** A path, which may hold no NUL on any system. */
export const name = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[^\0]*$/);
