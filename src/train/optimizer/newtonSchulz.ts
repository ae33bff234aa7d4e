import type { Device, DeviceArray } from '../../kernels/device.ts';
import { matmulParameters } from '../../kernels/matmulParameters.ts';
import { addScaled } from './addScaled.ts';

/** Of Jordan et al. 2024: they take singular values to about 0.7 to 1.2, and small ones there in the fewest steps. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
const STEPS = 5;
const EPSILON = 1e-7;

/** Matrices of one shape, one after another. */
export interface MatrixSizes {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Makes matrices nearly orthogonal, keeping their singular vectors, by a Newton-Schulz iteration of the fifth degree: X = X / |X|, then five
 * times X = a X + (b G + c G G) X with G = X X', or the same from the right with G = X' X where there are more rows than columns.
 * @returns a new array, which the caller frees
 */
export function newtonSchulz(
  device: Device,
  matrices: DeviceArray,
  { count, rows, columns }: MatrixSizes,
): DeviceArray {
  const edge = Math.min(rows, columns);
  const tall = rows > columns;
  const wide = { row: columns, outer: rows * columns };
  const square = { row: edge, outer: edge * edge };
  const gram = matmulParameters({
    m: edge,
    n: edge,
    k: Math.max(rows, columns),
    outer: count,
    transposeA: tall,
    transposeB: !tall,
    a: wide,
    b: wide,
    c: square,
  });
  const squared = matmulParameters({
    m: edge,
    n: edge,
    k: edge,
    outer: count,
    scale: C,
    a: square,
    b: square,
    c: square,
  });
  const applied = matmulParameters({
    m: rows,
    n: columns,
    k: edge,
    outer: count,
    a: tall ? wide : square,
    b: tall ? square : wide,
    c: wide,
  });
  const normal = { rows: count, columns: rows * columns, epsilon: EPSILON };
  let x: DeviceArray = device.launch('normaliseRows', { x: matrices }, normal, { y: 'f32' }).y;
  for (let i = 0; i < STEPS; i++) {
    const G = device.launch('matmul', { a: x, b: x }, gram, { c: 'f32' }).c;
    const GG = device.launch('matmul', { a: G, b: G }, squared, { c: 'f32' }).c; // c G G
    addScaled(device, GG, G, B);
    const [a, b] = tall ? [x, GG] : [GG, x];
    const next = device.launch('matmul', { a, b }, applied, { c: 'f32' }).c;
    addScaled(device, next, x, A);
    for (const array of [G, GG, x]) device.free(array);
    x = next;
  }
  return x;
}
