import type { KernelParameters } from '../../../contract.ts';

/**
 * Where an operand's element (matrix, row, k) is: steps to the right and down, in the array seen as lines of `width`
 * numbers. Two small numbers are exact as floats where one flat index might not be.
 */
export interface OperandSteps {
  readonly inner: number;
  readonly outerRight: number;
  readonly outerDown: number;
  readonly innerRight: number;
  readonly innerDown: number;
  readonly rowRight: number;
  readonly rowDown: number;
  readonly depthRight: number;
  readonly depthDown: number;
}

/** OperandSteps as parameters of a program. */
export const operandSteps = {
  inner: 'real',
  outerRight: 'real',
  outerDown: 'real',
  innerRight: 'real',
  innerDown: 'real',
  rowRight: 'real',
  rowDown: 'real',
  depthRight: 'real',
  depthDown: 'real',
} as const;

/** Program text: computes the line `top`, and the position `left` in it, of thread (k, row, matrix)'s element at k = 0. */
export const findRow = `
      let outer = Math.floor((this.thread.z + 0.5) / inner);
      let head = this.thread.z - outer * inner;
      let left = outer * outerRight + head * innerRight + this.thread.y * rowRight;
      let top = outer * outerDown + head * innerDown + this.thread.y * rowDown;`;

/** @param depthFirst whether k runs along the lines of the operand (A as it is, B transposed) or across them */
function stepsOf(width: number, outer: number, inner: number, depthFirst: boolean, count: number): OperandSteps {
  return {
    inner: count,
    outerRight: outer % width,
    outerDown: Math.floor(outer / width),
    innerRight: inner % width,
    innerDown: Math.floor(inner / width),
    rowRight: depthFirst ? 0 : 1,
    rowDown: depthFirst ? 1 : 0,
    depthRight: depthFirst ? 1 : 0,
    depthDown: depthFirst ? 0 : 1,
  };
}

export interface Sources {
  readonly aLines: number;
  readonly bLines: number;
  readonly aSteps: OperandSteps;
  readonly bSteps: OperandSteps;
}

/** The layout of the two operands: lines of aRow and bRow numbers, and the steps in them. */
export function sourcesOf(p: KernelParameters<'matmul'>): Sources {
  const lines = (width: number, size: number): number => Math.max(1, Math.floor(size / width));
  const far = (outer: number, inner: number): number => (p.outer - 1) * outer + (p.inner - 1) * inner;
  return {
    aLines: lines(p.aRow, far(p.aOuter, p.aInner) + (p.transposeA ? p.k : p.m) * p.aRow),
    bLines: lines(p.bRow, far(p.bOuter, p.bInner) + (p.transposeB ? p.n : p.k) * p.bRow),
    aSteps: stepsOf(p.aRow, p.aOuter, p.aInner, !p.transposeA, p.inner),
    bSteps: stepsOf(p.bRow, p.bOuter, p.bInner, Boolean(p.transposeB), p.inner),
  };
}

/** The order of c's rows, outer and inner indices in memory: what each of the three digits of an index adds to row and matrix. */
export interface ResultSteps {
  /** Extents of the digits, the fastest first. */
  readonly extents: readonly [number, number, number];
  readonly steps: { readonly [N in keyof typeof resultSteps]: number };
}

export const resultSteps = {
  middle: 'real',
  fastRow: 'real',
  fastMatrix: 'real',
  middleRow: 'real',
  middleMatrix: 'real',
  slowRow: 'real',
  slowMatrix: 'real',
} as const;

/** Program text: computes the `row` and `matrix` of thread (column, digit, other digits). */
export const findResult = `
      let slowDigit = Math.floor((this.thread.z + 0.5) / middle);
      let middleDigit = this.thread.z - slowDigit * middle;
      let row = this.thread.y * fastRow + middleDigit * middleRow + slowDigit * slowRow;
      let matrix = this.thread.y * fastMatrix + middleDigit * middleMatrix + slowDigit * slowMatrix;`;

export function resultStepsOf(p: KernelParameters<'matmul'>): ResultSteps {
  const [fast, middle, slow] = [
    { extent: p.m, stride: p.cRow, row: 1, matrix: 0 },
    { extent: p.inner, stride: p.cInner, row: 0, matrix: 1 },
    { extent: p.outer, stride: p.cOuter, row: 0, matrix: p.inner },
  ].toSorted((a, b) => (a.extent === 1 ? 0 : a.stride) - (b.extent === 1 ? 0 : b.stride));
  return {
    extents: [fast.extent, middle.extent, slow.extent],
    steps: {
      middle: middle.extent,
      fastRow: fast.row,
      fastMatrix: fast.matrix,
      middleRow: middle.row,
      middleMatrix: middle.matrix,
      slowRow: slow.row,
      slowMatrix: slow.matrix,
    },
  };
}
