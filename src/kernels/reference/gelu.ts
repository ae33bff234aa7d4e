import { erf } from './erf.ts';
import type { ReferenceKernel } from './types.ts';

const SLOPE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** GELU (Hendrycks and Gimpel 2016): x * Phi(x), or with tanh = 1 their approximation 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
export const gelu: ReferenceKernel<'gelu'> = ({ x }, { size, tanh }, { y }) => {
  for (let i = 0; i < size; i++) y[i] = x[i] * phi(x[i], tanh);
};

/** dx = dy * (Phi(x) + x * Phi'(x)) */
export const geluBackward: ReferenceKernel<'geluBackward'> = ({ x, dy }, { size, tanh }, { dx }) => {
  for (let i = 0; i < size; i++) dx[i] = dy[i] * (phi(x[i], tanh) + x[i] * phiDerivative(x[i], tanh));
};

export function phi(x: number, tanh: number): number {
  return 0.5 * (1 + (tanh ? Math.tanh(SLOPE * (x + CUBIC * x ** 3)) : erf(x / Math.SQRT2)));
}

export function phiDerivative(x: number, tanh: number): number {
  if (!tanh) return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  const t = Math.tanh(SLOPE * (x + CUBIC * x ** 3));
  return 0.5 * (1 - t * t) * SLOPE * (1 + 3 * CUBIC * x * x);
}
