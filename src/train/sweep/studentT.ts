/** Student's t that 2.5 % exceed, by degrees of freedom from 1 (Abramowitz and Stegun 1964, table 26.10). */
const table = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
/** The same of the normal distribution. */
const Z = 1.959964;

/** Beyond the table by its expansion in 1 / freedom (Abramowitz and Stegun 1964, 26.7.5), right to four digits there. */
export function studentT(freedom: number): number {
  if (freedom <= table.length) return table[freedom - 1];
  return Z + (Z ** 3 + Z) / (4 * freedom) + (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * freedom ** 2);
}

/** A mean, and half of its 95 % interval by Student's t; undefined for a single value, which says nothing of its spread. */
export interface Estimate {
  readonly mean: number;
  readonly halfWidth: number | undefined;
}

/** Of at least one value. */
export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, halfWidth: undefined };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, halfWidth: studentT(n - 1) * Math.sqrt(variance / n) };
}
