import type { RunRecord } from '../../train/record/runRecord.ts';
import type { NamedRun } from '../../train/report/reportData.ts';
import { estimate } from '../../train/sweep/studentT.ts';
import type { Estimate } from '../../train/sweep/studentT.ts';
import type { HtmlTable } from '../report/html.ts';

/** A run of a sweep, as it stands. */
export interface SweptRun {
  readonly setting: string;
  readonly seed: number;
  readonly record: RunRecord;
}

/** What the finished runs of a setting have in common. */
export interface SettingResult {
  readonly setting: string;
  readonly runs: readonly {
    readonly seed: number;
    readonly path: string;
    readonly state: string;
    readonly reason?: string;
    /** Validation loss at the end, and the least, in nats. */
    readonly loss: number | null;
    readonly bestLoss: number | null;
    readonly accuracy: number | null;
    readonly minutes: number;
  }[];
  /** Of the validation losses at the end of the runs that are done; undefined if none is. */
  readonly loss: Estimate | undefined;
  readonly accuracy: Estimate | undefined;
  readonly minutes: number;
}

/** By mean loss, the least first; those without any come last. */
export function resultsOf(runs: readonly SweptRun[]): SettingResult[] {
  const settings = [...new Set(runs.map(({ setting }) => setting))];
  return settings
    .map((setting) =>
      resultOf(
        setting,
        runs.filter((run) => run.setting === setting),
      ),
    )
    .toSorted((a, b) => (a.loss?.mean ?? Infinity) - (b.loss?.mean ?? Infinity));
}

function resultOf(setting: string, runs: readonly SweptRun[]): SettingResult {
  const done = runs.filter(({ record }) => record.state.name === 'done');
  const losses = done.flatMap(({ record }) => record.last?.numbers.loss ?? []);
  const accuracies = done.flatMap(({ record }) => record.last?.numbers.accuracy ?? []);
  return {
    setting,
    runs: runs.map(({ seed, record: { path, state, last, best, metrics } }) => ({
      seed,
      path,
      state: state.name,
      ...(state.reason === undefined ? {} : { reason: state.reason }),
      loss: last?.numbers.loss ?? null,
      bestLoss: best?.numbers.loss ?? null,
      accuracy: last?.numbers.accuracy ?? null,
      minutes: metrics.minutes,
    })),
    loss: losses.length > 0 ? estimate(losses) : undefined,
    accuracy: accuracies.length > 0 ? estimate(accuracies) : undefined,
    minutes: estimate(runs.map(({ record }) => record.metrics.minutes)).mean,
  };
}

export const RESULTS_HEADER = ['setting', 'runs', 'validation loss', 'accuracy', 'minutes a run'] as const;

/** A row for each setting: means, and halves of their 95 % intervals. */
export const resultRows = (results: readonly SettingResult[]): string[][] =>
  results.map(({ setting, runs, loss, accuracy, minutes }) => {
    const done = runs.filter(({ state }) => state === 'done').length;
    return [
      setting,
      done === runs.length ? String(done) : `${done} of ${runs.length}`,
      shown(loss, (value) => value.toFixed(4)),
      shown(accuracy, (value) => (100 * value).toFixed(2), ' %'),
      minutes.toFixed(1),
    ];
  });

function shown(found: Estimate | undefined, format: (value: number) => string, unit = ''): string {
  if (!found) return '-';
  const { mean, halfWidth } = found;
  return `${format(mean)}${halfWidth === undefined ? '' : ` ± ${format(halfWidth)}`}${unit}`;
}

export const INTERVALS =
  'Means over seeds, ± half of the 95 % interval by Student’s t. Settings whose intervals overlap are not told apart.';

export const resultsTable = (results: readonly SettingResult[]): HtmlTable => ({
  label: 'Means and intervals by setting',
  header: RESULTS_HEADER,
  rows: resultRows(results),
});

/** The runs for the curves of a report: those of a setting in one colour. */
export const curvesOf = (runs: readonly SweptRun[]): NamedRun[] =>
  runs.map(({ setting, seed, record }) => ({ name: `${setting} seed=${seed}`, group: setting, record }));
