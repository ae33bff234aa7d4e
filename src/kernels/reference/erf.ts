/**
 * The error function to float64 accuracy: its Maclaurin series (Abramowitz and Stegun 7.1.6, all terms positive) for |x| up
 * to 3, and beyond that one minus the continued fraction of erfc (7.1.14).
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  const gaussian = Math.exp(-z * z) / Math.sqrt(Math.PI);
  if (z < 3) {
    let term = z;
    let total = z;
    for (let n = 1; term > total * 1e-17; n++) {
      term *= (2 * z * z) / (2 * n + 1);
      total += term;
    }
    return Math.sign(x) * 2 * gaussian * total;
  }
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.sign(x) * (1 - gaussian / fraction);
}
