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

/** What is wrong with products in machine code, or undefined: each must be equal to WebAssembly's, to the last bit. */
export function faultOfNative(native: OwnMatmul, wasm: OwnMatmul, arena: Arena): string | undefined {
  const floats = SIZES.reduce((most, [m, n, k]) => Math.max(most, m * k, n * k, m * (n + GAP)), 0);
  const [a, b, c] = [1, 2, 3].map(() => arena.allocate(4 * floats)) as [number, number, number];
  const part = (address: number): Int32Array => arena.integers.subarray(address / 4, address / 4 + floats);
  const whole = (address: number): Float32Array => arena.floats.subarray(address / 4, address / 4 + floats);
  const outer = { outer: 1, inner: 1, aOuter: 0, aInner: 0, bOuter: 0, bInner: 0, cOuter: 0, cInner: 0 };
  try {
    fillOperands(whole(a), whole(b));
    for (const [m, n, k] of SIZES)
      for (const transposeA of [0, 1])
        for (const transposeB of [0, 1])
          for (const scale of [1, 0.5]) {
            const rows = { aRow: transposeA ? m : k, bRow: transposeB ? k : n, cRow: n + GAP };
            const [expected, found] = [wasm, native].map((matmul) => {
              whole(c).fill(BEFORE);
              matmul(a, b, c, { m, n, k, transposeA, transposeB, scale, ...rows, ...outer });
              return part(c).slice();
            });
            if (!found?.every((bits, i) => bits === expected?.[i]))
              return `wrong product of ${m} x ${k} and ${k} x ${n} (transposed: ${transposeA}, ${transposeB}; scale ${scale})`;
          }
    return undefined;
  } finally {
    for (const address of [a, b, c]) arena.release(address);
  }
}
