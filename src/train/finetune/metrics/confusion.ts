/** How often each label was given, by the right one: (labels, labels), a row for each right label. */
export type Confusion = readonly (readonly number[])[];

/** How well one label is found. */
export interface LabelScores {
  /** Share of those given the label that have it; 0 where none was. */
  readonly precision: number;
  /** Share of those that have the label that were given it; 0 where none has. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f1: number;
  /** How many have the label. */
  readonly support: number;
}

export interface ConfusionScores {
  readonly accuracy: number;
  /** The mean of all labels' F1, of those that are right or given anywhere. */
  readonly macroF1: number;
  /** F1 over all labels' counts together: as each text has one label, the accuracy. */
  readonly microF1: number;
  /** Matthews correlation, for any number of labels (Gorodkin 2004); 0 where all are or were given the same label. */
  readonly matthews: number;
  readonly labels: readonly LabelScores[];
}

export function scoresOf(confusion: Confusion): ConfusionScores {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const right = confusion.map(sum);
  const given = confusion.map((_, label) => sum(confusion.map((row) => row[label])));
  const hits = confusion.map((row, label) => row[label]);
  const [all, hit] = [sum(right), sum(hits)];
  const labels = hits.map((hit, i) => scores(hit, given[i], right[i]));
  const seen = labels.filter((_, i) => right[i] + given[i] > 0);
  const products = (a: readonly number[], b: readonly number[]): number => sum(a.map((value, i) => value * b[i]));
  const spread = Math.sqrt(all ** 2 - products(given, given)) * Math.sqrt(all ** 2 - products(right, right));
  return {
    accuracy: hit / all,
    macroF1: sum(seen.map(({ f1 }) => f1)) / seen.length,
    microF1: scores(hit, all, all).f1,
    matthews: spread === 0 ? 0 : (hit * all - products(given, right)) / spread,
    labels,
  };
}

/** Precision, recall and F1 from counts: found rightly, found, and there to be found. */
export function scores(hits: number, found: number, support: number): LabelScores {
  return {
    precision: found === 0 ? 0 : hits / found,
    recall: support === 0 ? 0 : hits / support,
    f1: found + support === 0 ? 0 : (2 * hits) / (found + support),
    support,
  };
}
