import { quantile } from './quantile.ts';

/** How often values lie between two edges that follow each other, a list for each group. */
export interface Histograms {
  /** One more than there are counts in a list; the last stands for all that is greater, too. */
  readonly edges: readonly number[];
  readonly counts: readonly (readonly number[])[];
}

const BINS = 40;
/** What is slower than so many would leave little room for the others. */
const SHOWN = 0.99;

/** With the same edges for all groups; undefined where there are no values. */
export function histogramsOf(groups: readonly (readonly number[])[]): Histograms | undefined {
  const sorted = groups.flat().toSorted((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const [least, most] = [sorted[0], quantile(sorted, SHOWN)];
  const width = (most - least) / BINS || 1;
  const binOf = (value: number): number => Math.min(BINS - 1, Math.floor((value - least) / width));
  return {
    edges: Array.from({ length: BINS + 1 }, (_, i) => least + i * width),
    counts: groups.map((values) => {
      const counts = Array.from({ length: BINS }, () => 0);
      for (const value of values) counts[binOf(value)] += 1;
      return counts;
    }),
  };
}
