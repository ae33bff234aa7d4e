import type { Arena } from '../engine/arena.ts';
import { fillOperands } from '../blas/operands.ts';
import type { OwnMatmul } from '../tiles/ownMatmul.ts';

/** Around tiles of both kinds and blocks of k, and beyond them: [m, n, k]. */
const SIZES = [
  [1, 1, 1],
  [5, 7, 3],
  [12, 32, 17],
  [17, 33, 65],
  [64, 48, 31],
  [1, 130, 260],
  [130, 1, 260],
  [109, 119, 530],
] as const;
const GAP = 3; // columns of c beyond the product, which must stay as they were
const BEFORE = 7; // what c holds before

/** How much a result may differ from another, if it may: per square root of the number of terms, of numbers below 0.5. */
export const ROUNDING = 2e-7;

/** What is wrong with products in machine code, or undefined: each must be equal to WebAssembly's, to the last bit but for `rounding`. */
export function faultOfNative(
  native: OwnMatmul,
  wasm: OwnMatmul,
  arena: Arena,
  fill = fillOperands,
  rounding = 0,
): string | undefined {
  const floats = SIZES.reduce((most, [m, n, k]) => Math.max(most, m * k, n * k, (m + 1) * (n + GAP)), 0);
  const [a, b, c] = [1, 2, 3].map(() => arena.allocate(4 * floats)) as [number, number, number];
  const view = (address: number, size = floats): Float32Array => arena.floats.subarray(address / 4, address / 4 + size);
  const outer = { outer: 1, inner: 1, aOuter: 0, aInner: 0, bOuter: 0, bInner: 0, cOuter: 0, cInner: 0 };
  try {
    fill(view(a), view(b));
    for (const [m, n, k] of SIZES)
      for (const transposeA of [0, 1])
        for (const transposeB of [0, 1])
          for (const scale of [1, 0.5]) {
            const rows = { aRow: transposeA ? m : k, bRow: transposeB ? k : n, cRow: n + GAP };
            const resultOf = (matmul: OwnMatmul): Float32Array => {
              const size = (m + 1) * (n + GAP); // with a row behind the product
              view(c, size).fill(BEFORE);
              matmul(a, b, c, { m, n, k, transposeA, transposeB, scale, ...rows, ...outer });
              return view(c, size).slice(); // memory may have grown
            };
            if (differ(resultOf(native), resultOf(wasm), rounding * (1 + Math.sqrt(k))))
              return `wrong product of ${m} x ${k} and ${k} x ${n} (transposed: ${transposeA}, ${transposeB}; scale ${scale})`;
          }
    return undefined;
  } finally {
    for (const address of [a, b, c]) arena.release(address);
  }
}

function differ(found: Float32Array, expected: Float32Array, most: number): boolean {
  return found.some((value, i) => {
    const other = expected[i] ?? NaN;
    return most === 0 ? !Object.is(value, other) : !(Math.abs(value - other) <= most);
  });
}
