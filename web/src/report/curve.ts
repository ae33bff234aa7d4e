/** A curve as it is drawn. */
export interface Curve {
  readonly run: string;
  /** What of the run it shows, where a chart has several: `training`. */
  readonly what: string;
  /** Index of its colour. */
  readonly group: number;
  /** Ascending. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** `bold` is what matters, `thin` stands behind it; of `steps` each value holds up to the next. */
  readonly style: 'bold' | 'thin' | 'steps';
}

export const nameOf = ({ run, what }: Curve): string => [run, what].filter(Boolean).join(' ');

/** The value of the last point up to a place; undefined before the first. */
export function valueAt({ x, y }: Curve, place: number): number | undefined {
  let [from, to] = [0, x.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (x[middle] <= place) from = middle + 1;
    else to = middle;
  }
  return from === 0 ? undefined : y[from - 1];
}

/** A level line with its name. */
export interface Level {
  readonly text: string;
  readonly value: number;
  /** Lengths of dashes and gaps. */
  readonly dash: readonly number[];
}
