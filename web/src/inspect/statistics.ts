/** Statistics of an array's numbers. */
export interface ArrayStatistics {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly greatest: number;
  /** How many fall into each of equal parts of [minimum, maximum]. */
  readonly histogram: readonly number[];
}

const BARS = 40;

export function statisticsOf(values: ArrayLike<number>): ArrayStatistics {
  const count = values.length;
  let [sum, squares, least, greatest] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    sum += values[i];
    if (values[i] < least) least = values[i];
    if (values[i] > greatest) greatest = values[i];
  }
  const mean = sum / count;
  const histogram = Array.from({ length: BARS }, () => 0);
  const width = (greatest - least) / BARS || 1;
  for (let i = 0; i < count; i++) {
    squares += (values[i] - mean) ** 2;
    histogram[Math.min(BARS - 1, Math.floor((values[i] - least) / width))] += 1;
  }
  return { count, mean, deviation: Math.sqrt(squares / count), least, greatest, histogram };
}
