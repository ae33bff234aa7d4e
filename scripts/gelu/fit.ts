/** Relative errors are looked for at this many values of t, evenly spaced. */
const SAMPLES = 20_000;

/**
 * Phi(-x) exp(x^2 / 2) for x >= 0, in float64: by the Maclaurin series of Phi (Abramowitz and Stegun 26.2.11) below 3, from
 * there by the continued fraction of Mills' ratio (26.2.14).
 */
export function scaledTail(x: number): number {
  const density = 1 / Math.sqrt(2 * Math.PI);
  if (x < 3) {
    let term = x;
    let total = x;
    for (let n = 3; term > total * 1e-17; n += 2) {
      term *= (x * x) / n;
      total += term;
    }
    return Math.exp((x * x) / 2) / 2 - density * total;
  }
  let fraction = x;
  for (let n = 200; n > 0; n--) fraction = x + n / fraction;
  return density / fraction;
}

/** Where t = 1 / (1 + slope x) is fitted: from x = reach to x = 0. */
export interface Interval {
  readonly slope: number;
  readonly reach: number;
}

const tailAt = (t: number, { slope }: Interval): number => scaledTail((1 / t - 1) / slope);

/** t p(t) / scaledTail - 1, p's coefficients from the highest power on. */
function relativeError(coefficients: readonly number[], t: number, interval: Interval): number {
  return (t * coefficients.reduce((sum, coefficient) => sum * t + coefficient, 0)) / tailAt(t, interval) - 1;
}

/** The extremes of the relative error between its changes of sign, in the order of t. */
function extremes(coefficients: readonly number[], interval: Interval): { t: number; error: number }[] {
  const least = 1 / (1 + interval.slope * interval.reach);
  const found: { t: number; error: number }[] = [];
  for (let i = 0; i <= SAMPLES; i++) {
    const t = least + ((1 - least) * i) / SAMPLES;
    const error = relativeError(coefficients, t, interval);
    const last = found.at(-1);
    if (!last || Math.sign(error) !== Math.sign(last.error)) found.push({ t, error });
    else if (Math.abs(error) > Math.abs(last.error)) found[found.length - 1] = { t, error };
  }
  return found;
}

export function greatestError(coefficients: readonly number[], interval: Interval): number {
  return Math.max(...extremes(coefficients, interval).map(({ error }) => Math.abs(error)));
}

/**
 * The polynomial with that many coefficients whose largest relative error is smallest, by Remez' exchange: the error is made equal
 * and of alternating sign at a set of points, which then move to the extremes of the error, until they are its extremes.
 */
export function minimaxFit(count: number, interval: Interval): { coefficients: number[]; error: number } {
  const least = 1 / (1 + interval.slope * interval.reach);
  let points = Array.from(
    { length: count + 1 },
    (_, i) => (1 + least - (1 - least) * Math.cos((Math.PI * i) / count)) / 2,
  );
  for (let round = 0; round < 20; round++) {
    const equations = points.map((t, i) => [
      ...Array.from({ length: count }, (_, j) => t ** (count - j) / tailAt(t, interval)),
      (-1) ** i,
      1,
    ]);
    const solution = solve(equations);
    const coefficients = solution.slice(0, count);
    const level = Math.abs(solution[count]);
    const found = extremes(coefficients, interval);
    const error = Math.max(...found.map((extreme) => Math.abs(extreme.error)));
    if (error < level * 1.0001) return { coefficients, error };
    if (found.length !== points.length) throw new Error(`the error has ${found.length} extremes, not ${points.length}`);
    points = found.map(({ t }) => t);
  }
  throw new Error('the exchange does not settle');
}

/** Gauss-Jordan elimination; each row ends with its right side. */
function solve(rows: number[][]): number[] {
  for (let column = 0; column < rows.length; column++) {
    const pivot = rows.slice(column).reduce((a, b) => (Math.abs(b[column]) > Math.abs(a[column]) ? b : a));
    rows[rows.indexOf(pivot)] = rows[column];
    rows[column] = pivot;
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[column] / pivot[column];
      pivot.forEach((value, i) => (row[i] -= factor * value));
    }
  }
  return rows.map((row, i) => row[rows.length] / row[i]);
}
