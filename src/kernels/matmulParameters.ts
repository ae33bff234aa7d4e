import type { KernelParameters } from './contract.ts';

/** Strides of the matrices of a batched product, in elements: between rows, and between outer and inner batch indices. */
export interface MatrixStrides {
  readonly row: number;
  readonly outer?: number;
  readonly inner?: number;
}

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly scale?: number;
  readonly outer?: number;
  readonly inner?: number;
  readonly a: MatrixStrides;
  readonly b: MatrixStrides;
  readonly c: MatrixStrides;
}

/** The matmul kernel's parameters, with defaults for those omitted. */
export function matmulParameters({ a, b, c, ...product }: Product): KernelParameters<'matmul'> {
  return {
    m: product.m,
    n: product.n,
    k: product.k,
    transposeA: Number(product.transposeA ?? false),
    transposeB: Number(product.transposeB ?? false),
    scale: product.scale ?? 1,
    outer: product.outer ?? 1,
    inner: product.inner ?? 1,
    aRow: a.row,
    aOuter: a.outer ?? 0,
    aInner: a.inner ?? 0,
    bRow: b.row,
    bOuter: b.outer ?? 0,
    bInner: b.inner ?? 0,
    cRow: c.row,
    cOuter: c.outer ?? 0,
    cInner: c.inner ?? 0,
  };
}
