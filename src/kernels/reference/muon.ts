import { clipFactor } from './clipFactor.ts';
import type { ReferenceKernel } from './types.ts';

/**
 * Nesterov momentum as Muon has it (Jordan et al. 2024), on gradients clipped as in `adamw`: momentum += (1 - beta) (gradient -
 * momentum), and the update is gradient + beta (momentum - gradient).
 */
export const nesterov: ReferenceKernel<'nesterov'> = ({ gradients, momentum, squaredNorm }, p, { update }) => {
  const clip = clipFactor(squaredNorm, p.clipNorm);
  for (let i = 0; i < p.size; i++) {
    const gradient = gradients[i] * clip;
    momentum[i] += (1 - p.beta) * (gradient - momentum[i]);
    update[i] = gradient + p.beta * (momentum[i] - gradient);
  }
};

/** Each row divided by its Euclidean norm + epsilon. */
export const normaliseRows: ReferenceKernel<'normaliseRows'> = ({ x }, { rows, columns, epsilon }, { y }) => {
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) squares += x[i] * x[i];
    const norm = Math.sqrt(squares) + epsilon;
    for (let i = row * columns; i < (row + 1) * columns; i++) y[i] = x[i] / norm;
  }
};
