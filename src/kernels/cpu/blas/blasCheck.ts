import type { Arena } from '../engine/arena.ts';
import type { Sgemm } from '../engine/module.ts';
import { fillOperands } from './operands.ts';

/** [m, n, k]: sizes of 1, odd sizes, sizes near vector widths, and sizes larger than the blocks of libraries. */
const SIZES = [
  [1, 1, 1],
  [5, 7, 3],
  [17, 33, 65],
  [64, 48, 31],
  [1, 130, 260],
  [130, 1, 260],
  [301, 270, 530],
] as const;
const GAP = 3; // columns of c beyond the product, which must not change
const BEFORE = 7; // initial value of c
const SCALE = 0.5;
const SAMPLE = 50_000; // multiply-adds spent on checking one product
const TOLERANCE = 2e-6; // per square root of the number of terms, each below 1

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: number;
  readonly transposeB: number;
  readonly add: number;
}

/** Checks every transposition at every size against float64 sums. @returns what is wrong, or undefined */
export function faultOf(sgemm: Sgemm, arena: Arena): string | undefined {
  const floats = SIZES.reduce((most, [m, n, k]) => Math.max(most, m * k, n * k, m * (n + GAP)), 0);
  const [a, b, c] = [1, 2, 3].map(() => arena.allocate(4 * floats)) as [number, number, number];
  try {
    for (const [m, n, k] of SIZES)
      for (const [transposeA, transposeB] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const)
        for (const add of [0, 1])
          if (!isRight(sgemm, arena, { m, n, k, transposeA, transposeB, add }, a, b, c))
            return `wrong product of ${m} x ${k} and ${k} x ${n} (transposed: ${transposeA}, ${transposeB}; added: ${add})`;
    return undefined;
  } finally {
    for (const address of [a, b, c]) arena.release(address);
  }
}

function isRight(sgemm: Sgemm, arena: Arena, p: Product, a: number, b: number, c: number): boolean {
  const { m, n, k, transposeA, transposeB, add } = p;
  const row = n + GAP;
  const part = (address: number, size: number): Float32Array => arena.floats.subarray(address / 4, address / 4 + size);
  const [left, right, found] = [part(a, m * k), part(b, k * n), part(c, m * row)];
  fillOperands(left, right);
  found.fill(BEFORE);
  sgemm(transposeA, transposeB, m, n, k, SCALE, a, transposeA ? m : k, b, transposeB ? k : n, add, c, row);
  const [aRow, aStep] = transposeA ? [1, m] : [k, 1];
  const [bStep, bColumn] = transposeB ? [1, k] : [n, 1];
  const stride = Math.ceil((m * n * k) / SAMPLE); // between the entries that are checked
  for (let at = 0; at < m * n; at += stride) {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let x = 0; x < k; x++) sum += (left[i * aRow + x * aStep] ?? NaN) * (right[x * bStep + j * bColumn] ?? NaN);
    const error = Math.abs((found[i * row + j] ?? NaN) - (SCALE * sum + add * BEFORE));
    if (!(error <= TOLERANCE * (1 + Math.sqrt(k)))) return false;
  }
  return found.every((value, at) => at % row < n || value === BEFORE);
}
