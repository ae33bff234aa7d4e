import type { Arena } from '../../../src/kernels/cpu/engine/arena.ts';
import type { Sgemm } from '../../../src/kernels/cpu/engine/module.ts';

/** A library written in JavaScript, whose matrices are in `arena`. */
export const plainSgemm =
  (arena: Arena): Sgemm =>
  (transposeA, transposeB, m, n, k, scale, a, aRow, b, bRow, add, c, cRow) => {
    const memory = arena.floats;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let x = 0; x < k; x++)
          sum +=
            memory[a / 4 + (transposeA ? x * aRow + i : i * aRow + x)] *
            memory[b / 4 + (transposeB ? j * bRow + x : x * bRow + j)];
        const at = c / 4 + i * cRow + j;
        memory[at] = scale * sum + (add === 0 ? 0 : add * memory[at]);
      }
  };
