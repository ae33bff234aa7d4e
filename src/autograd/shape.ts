import { BertrandError } from '../error.ts';

/** Sizes of a tensor's dimensions, outermost first; () is a scalar. */
export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

export const sameShape = (one: Shape, other: Shape): boolean =>
  one.length === other.length && one.every((dimension, i) => dimension === other[i]);

export const show = (shape: Shape): string => `(${shape.join(', ')})`;

/** Throws a BertrandError unless all sizes of a shape are whole and so many values fill it. */
export function expectFilled(what: string, shape: Shape, values: number): void {
  if (!shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0))
    throw new BertrandError(`${what}: found the shape ${show(shape)}; expected whole numbers from 0 on`);
  if (values !== sizeOf(shape))
    throw new BertrandError(`${what}: ${values} values do not fill the shape ${show(shape)}`);
}

/** `shape` seen as a matrix: the last dimension is its columns, the others together its rows. */
export function rowsAndColumns(shape: Shape): { rows: number; columns: number } {
  const columns = shape.at(-1) ?? 1;
  return { rows: sizeOf(shape) / columns, columns };
}

/** Throws a BertrandError that names the op and both shapes unless they are equal. */
export function expectShape(op: string, name: string, found: Shape, expected: Shape): void {
  if (!sameShape(found, expected))
    throw new BertrandError(`${op}: ${name} has shape ${show(found)}, expected ${show(expected)}`);
}
