import type { MatrixUnit } from '../matmul/matrixTile.ts';

/**
 * A workgroup's part of attention on matrix units: `rows` rows (queries, or keys) of one side, divided among down x across subgroups. Each
 * has its part of the scores, and of the sums over the other side, which is streamed COLUMNS at a time.
 */
export interface AttentionMatrixTile {
  readonly rows: number;
  readonly down: number;
  readonly across: number;
}

/** Columns of scores at a time, the same for all tiles, so that they add in one order. */
export const COLUMNS = 32;

const tiles: readonly AttentionMatrixTile[] = [
  { rows: 64, down: 4, across: 1 },
  { rows: 32, down: 2, across: 2 },
  { rows: 64, down: 2, across: 2 },
];

/** Elements of a head with the zeros that fill it up. */
export const widthOf = (headSize: number): number => Math.ceil(headSize / COLUMNS) * COLUMNS;

/** Elements from one line to the next: a little more than it has, so that lines start in different banks. */
export const lineOf = (elements: number): number => elements + 8;

export const subgroupsOf = ({ down, across }: AttentionMatrixTile): number => down * across;

function bytesOf({ rows }: AttentionMatrixTile, width: number, unit: MatrixUnit, residents: number): number {
  const element = unit.operand === 'f16' ? 2 : 4;
  const operands = (residents * rows + COLUMNS) * lineOf(width) + rows * lineOf(COLUMNS);
  return element * operands + 4 * rows * lineOf(COLUMNS) + 8 * rows + 64; // scores, two numbers of each row, a few words
}

/** The tiles for a head size that fit the unit and the device, the preferred one first; none if matrix units cannot be used. */
export function attentionMatrixTiles(
  headSize: number,
  residents: number,
  unit: MatrixUnit,
  room: { readonly workgroupBytes: number; readonly invocations: number },
): AttentionMatrixTile[] {
  const width = widthOf(headSize);
  return tiles.filter((tile) => {
    const { rows, down, across } = tile;
    const fits = bytesOf(tile, width, unit, residents) <= room.workgroupBytes;
    const whole =
      (rows / down) % unit.m === 0 && [COLUMNS, width].every((columns) => (columns / across) % unit.n === 0);
    return fits && whole && subgroupsOf(tile) * unit.subgroup <= room.invocations;
  });
}
