/**
 * GELU's constants for all devices. The cpu's assembly is compiled from this file too, so it holds only plain constants.
 *
 * With t = 1 / (1 + SLOPE |x|), the tail of the normal distribution is Phi(-|x|) = t p(t) exp(-x^2 / 2). The polynomial p is
 * our own minimax fit of the relative error up to |x| = 14, where the tail is far below float32's normal numbers. With coefficients
 * rounded to float32, the relative error is at most 1.61e-7. `scripts/fit-gelu.ts` repeats the fit and measures both.
 */
export const SLOPE = 0.3;
/** The coefficient of t^7, and so on. */
export const POWER7 = 0.03567564859986305;
export const POWER6 = -0.15720681846141815;
export const POWER5 = 0.20636005699634552;
export const POWER4 = -0.053689755499362946;
export const POWER3 = 0.12856489419937134;
export const POWER2 = 0.09991250187158585;
export const POWER1 = 0.12075411528348923;
export const POWER0 = 0.11962928622961044;

/** 1 / sqrt(2 pi) */
export const DENSITY = 0.3989422804;

/** The tanh form is x / (1 + exp(-u)) with u = LINEAR x + CUBIC x^3: LINEAR is 2 sqrt(2 / pi), */
export const LINEAR = 1.5957691216;
/** CUBIC is 0.044715 times that, */
export const CUBIC = 0.0713548162726;
/** and three times that in u' = LINEAR + CUBIC_SLOPE x^2. */
export const CUBIC_SLOPE = 0.2140644488178;
