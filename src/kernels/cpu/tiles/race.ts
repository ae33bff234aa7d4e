import type { Arena } from '../engine/arena.ts';
import type { KernelExports, Sgemm } from '../engine/module.ts';
import { fillOperands } from '../blas/operands.ts';
import { ownMatmul } from './ownMatmul.ts';
import type { OwnTiles } from './ownMatmul.ts';

const SIZE = 256;
const ROUNDS = 20; // of half a millisecond or less
export const FEW_ROUNDS = 5; // where bits do not depend on who wins; V8 needs two to optimise our kernel

/** Computes c = a @ b, all 256 x 256, on the calling thread. */
type Product = (a: number, b: number, c: number) => void;

/** Seconds of each contestant, best of many, in turn. */
export function race(arena: Arena, products: readonly Product[], rounds = ROUNDS): number[] {
  const best = products.map(() => Infinity);
  withSquares(arena, (a, b, c) => {
    for (let round = 0; round < rounds; round++)
      for (const [i, product] of products.entries()) {
        const start = performance.now();
        product(a, b, c);
        best[i] = Math.min(best[i] ?? Infinity, (performance.now() - start) / 1000);
      }
  });
  return best;
}

/** The result of a product. */
export function resultOf(arena: Arena, product: Product): Float32Array {
  return withSquares(arena, (a, b, c) => {
    product(a, b, c);
    return arena.floats.slice(c / 4, c / 4 + SIZE * SIZE);
  });
}

function withSquares<T>(arena: Arena, use: (a: number, b: number, c: number) => T): T {
  const [a, b, c] = [1, 2, 3].map(() => arena.allocate(4 * SIZE * SIZE)) as [number, number, number];
  const square = (address: number): Float32Array => arena.floats.subarray(address / 4, address / 4 + SIZE * SIZE);
  fillOperands(square(a), square(b));
  try {
    return use(a, b, c);
  } finally {
    for (const address of [a, b, c]) arena.release(address);
  }
}

/** Our own product. */
export function ownProduct(exports: KernelExports, arena: Arena, tiles: OwnTiles): Product {
  const matmul = ownMatmul(exports, arena, tiles);
  const square = { m: SIZE, n: SIZE, k: SIZE, transposeA: 0, transposeB: 0, scale: 1, outer: 1, inner: 1 };
  const strides = { aOuter: 0, aInner: 0, bOuter: 0, bInner: 0, cOuter: 0, cInner: 0 };
  const parameters = { ...square, ...strides, aRow: SIZE, bRow: SIZE, cRow: SIZE };
  return (a, b, c) => matmul(a, b, c, parameters);
}

/** A library's product. */
export function blasProduct(sgemm: Sgemm): Product {
  return (a, b, c) => sgemm(0, 0, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c, SIZE);
}
