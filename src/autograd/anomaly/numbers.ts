import type { HostArray } from '../../kernels/device.ts';
import type { Shape } from '../shape.ts';

/** What the numbers of a tensor are like. */
export interface Numbers {
  /** A parameter's name, or which op made it in which box. */
  readonly name: string;
  /** Its length in each dimension. */
  readonly shape: Shape;
  /** The least and the greatest finite one; undefined if there is none. */
  readonly range: readonly [least: number, greatest: number] | undefined;
  /** How many are not finite. */
  readonly notFinite: number;
  /** The first of those, and its place in each dimension. */
  readonly first: { readonly value: number; readonly place: readonly number[] } | undefined;
}

export function numbersOf(name: string, shape: Shape, values: HostArray): Numbers {
  let [least, greatest, notFinite, first] = [Infinity, -Infinity, 0, -1];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isFinite(value)) {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    } else {
      notFinite += 1;
      if (first < 0) first = i;
    }
  }
  return {
    name,
    shape,
    range: least <= greatest ? [least, greatest] : undefined,
    notFinite,
    first: first < 0 ? undefined : { value: values[first], place: placeOf(first, shape) },
  };
}

/** The greatest of their absolute values, infinite if one is not finite. */
export const magnitude = ({ range, notFinite }: Numbers): number =>
  notFinite > 0 ? Infinity : Math.max(...(range ?? [0]).map(Math.abs));

function placeOf(index: number, shape: Shape): number[] {
  const place: number[] = [];
  for (const size of shape.toReversed()) {
    place.unshift(index % size);
    index = Math.floor(index / size);
  }
  return place;
}
