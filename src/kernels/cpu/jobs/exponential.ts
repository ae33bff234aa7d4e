// The exponential's constants, which the assembly is compiled from and machine code made from. The polynomial is our own minimax fit.

export const SMALLEST = -87.33; // below this exp(x) is not a normal float
export const INVERSE_LOG = Math.LOG2E; // 1 / ln 2
export const MAGIC = 12582912; // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
export const LOG_HIGH = -0.693359375; // -ln 2 in two parts; n times the first is exact
export const LOG_LOW = 2.1219444e-4;
export const POWER5 = 0.0013814319; // from here (exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 2, highest power first
export const POWER4 = 0.0083688507;
export const POWER3 = 0.0416684;
export const POWER2 = 0.1666652;
export const POWER1 = 0.49999994;
