import type { Arena } from './arena.ts';
import type { Sgemm } from './blas.ts';
import { Jobs } from './jobs.ts';
import { Matmul } from './matmul.ts';
import type { KernelExports } from './module.ts';

const SIZE = 256;
const ROUNDS = 20; // of about a millisecond: V8 needs some to optimise our kernel

/** Whether a library's product is faster than ours on one thread, best against best: the reference BLAS is not. */
export function isFaster(sgemm: Sgemm, exports: KernelExports, arena: Arena): boolean {
  const [a, b, c] = [1, 2, 3].map(() => arena.allocate(4 * SIZE * SIZE)) as [number, number, number];
  const matmul = new Matmul(arena, new Jobs(arena, exports, undefined), false);
  const square = { m: SIZE, n: SIZE, k: SIZE, transposeA: 0, transposeB: 0, scale: 1, outer: 1, inner: 1 };
  const strides = { aOuter: 0, aInner: 0, bOuter: 0, bInner: 0, cOuter: 0, cInner: 0 };
  const p = { ...square, ...strides, aRow: SIZE, bRow: SIZE, cRow: SIZE };
  let [ours, theirs] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    ours = Math.min(
      ours,
      seconds(() => matmul.run(a, b, c, p)),
    );
    theirs = Math.min(
      theirs,
      seconds(() => sgemm(0, 0, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c, SIZE)),
    );
  }
  for (const address of [a, b, c]) arena.release(address);
  return theirs < ours;
}

function seconds(action: () => void): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}
