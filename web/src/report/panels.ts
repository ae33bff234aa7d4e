import type { CurveName, ReportData, ReportRun } from '../../../src/train/report/reportData.ts';
import { bytes, count, percent, short } from '../view/format.ts';
import { placesOf, runAxes, stepTimeAxis } from './axis.ts';
import type { RunAxisName } from './axis.ts';
import { Chart } from './chart.ts';
import type { ChartOptions } from './chart.ts';
import type { Curve, Level } from './curve.ts';

/** A chart, and how it is filled with what is chosen. */
export interface Panel {
  readonly chart: Chart;
  readonly fill: (axis: RunAxisName, shown: ReadonlySet<number>) => void;
}

const TALL = 360;
const LOW = 210;
/** Nats above the greatest level line: the losses of the first steps would leave little room for the others. */
const ABOVE_LEVELS = 1;
const around = (least: number, greatest: number): [number, number] => {
  const margin = (greatest - least || Math.abs(greatest) || 1) * 0.05;
  return [least - margin, greatest + margin];
};
const fromZero = (_: number, greatest: number): [number, number] => [0, (greatest || 1) * 1.08];

/** Every chart of the page, in its order; one of which the runs tell nothing is hidden. */
export function panelsOf(data: ReportData, say: (text: string) => void): Panel[] {
  const many = data.runs.length > 1;
  const chart = (options: Omit<ChartOptions, 'together'>): Chart => new Chart({ ...options, together: 'runs' }, say);
  const curvesOf = (
    axis: RunAxisName,
    shown: ReadonlySet<number>,
    name: CurveName,
    what: string,
    style: Curve['style'],
  ): Curve[] =>
    data.runs.flatMap((run) => {
      const points = run.curves[name];
      const x = points && shown.has(run.group) ? placesOf(axis, points) : undefined;
      return points && x ? [{ run: many ? run.name : '', what, group: run.group, x, y: points.values, style }] : [];
    });
  const simple = (name: CurveName, options: Omit<ChartOptions, 'id' | 'height' | 'together'>, about: string): Panel => {
    const made = chart({ ...options, id: name, height: LOW });
    return {
      chart: made,
      fill: (axis, shown) =>
        made.show(
          runAxes[axis],
          curvesOf(axis, shown, name, many ? '' : options.title.toLowerCase(), 'bold'),
          [],
          about,
        ),
    };
  };
  return [
    lossPanel(data, chart, curvesOf),
    simple(
      'accuracy',
      { title: 'Accuracy', values: 'guessed right', format: percent, range: fromZero },
      'Share of the hidden words of the validation text that the model ranks first.',
    ),
    normPanel(data, chart, curvesOf),
    simple(
      'learningRate',
      { title: 'Learning rate', values: 'learning rate', format: short, range: fromZero },
      'How far a step goes: warm-up, then decay.',
    ),
    simple(
      'tokensPerSecond',
      { title: 'Speed', values: 'tokens a second', format: count, range: fromZero },
      'Tokens trained on a second, validating and saving left out.',
    ),
    stepTimePanel(data, say),
    simple(
      'peakMemory',
      { title: 'Memory', values: 'device memory', format: bytes, range: fromZero },
      "The most that the device's arrays have taken so far.",
    ),
  ];
}

type ChartMaker = (options: Omit<ChartOptions, 'together'>) => Chart;
type CurvesOf = (
  axis: RunAxisName,
  shown: ReadonlySet<number>,
  name: CurveName,
  what: string,
  style: Curve['style'],
) => Curve[];

function lossPanel({ runs }: ReportData, chart: ChartMaker, curvesOf: CurvesOf): Panel {
  const levels = levelsOf(runs);
  const top = Math.max(...levels.map(({ value }) => value)) + ABOVE_LEVELS;
  const made = chart({
    id: 'loss',
    title: 'Loss',
    values: 'loss (nats)',
    height: TALL,
    format: (value) => value.toFixed(2),
    range: (least, greatest) => around(least, levels.length > 0 ? Math.min(top, greatest) : greatest),
  });
  const about =
    levels.length > 0
      ? 'Thick: on the validation text. Thin: while training. What is below the line “without context” was learnt from context.'
      : 'Thick: on the validation text. Thin: while training.';
  return {
    chart: made,
    fill: (axis, shown) =>
      made.show(
        runAxes[axis],
        [
          ...curvesOf(axis, shown, 'training', 'training', 'thin'),
          ...curvesOf(axis, shown, 'validation', 'validation', 'bold'),
        ],
        levels,
        about,
      ),
  };
}

/** The losses of guessing; equal ones of several runs once. */
function levelsOf(runs: readonly ReportRun[]): Level[] {
  const distinct = (values: readonly (number | undefined)[]): string[] => [
    ...new Set(values.flatMap((value) => value?.toFixed(3) ?? [])),
  ];
  const level = (text: string, dash: readonly number[]) => (value: string) => ({
    text: `${text} ${Number(value).toFixed(2)}`,
    value: Number(value),
    dash,
  });
  return [
    ...distinct(runs.map((run) => run.contextFreeLoss)).map(level('best guess without context', [6, 4])),
    ...distinct(runs.map((run) => run.unigramLoss)).map(level('guessing by frequency', [2, 4])),
  ];
}

function normPanel({ runs }: ReportData, chart: ChartMaker, curvesOf: CurvesOf): Panel {
  const norms = runs.flatMap(({ curves }) => curves.gradNorm?.values ?? []).toSorted((a, b) => a - b);
  const usual = norms[Math.floor(0.99 * (norms.length - 1))] ?? 1;
  const clips = [...new Set(runs.flatMap(({ clipNorm }) => clipNorm ?? []))];
  const clipped = runs.flatMap(({ clipNorm, curves }) => {
    const values = curves.gradNorm?.values;
    return clipNorm === undefined || !values ? [] : [values.filter((value) => value > clipNorm).length / values.length];
  });
  const made = chart({
    id: 'gradNorm',
    title: 'Gradient norm',
    values: 'norm before clipping',
    height: LOW,
    format: short,
    range: (_, greatest) => fromZero(0, Math.min(greatest, Math.max(1.5 * usual, ...clips))),
  });
  const share = clipped.length === 1 ? `, as ${percent(clipped[0])} of those logged were` : '';
  const about =
    clips.length > 0 ? `Gradients above the line are made as short as it${share}.` : 'Gradients were not clipped.';
  const levels = clips.map((value) => ({ text: `clipped at ${short(value)}`, value, dash: [6, 4] }));
  return {
    chart: made,
    fill: (axis, shown) =>
      made.show(
        runAxes[axis],
        curvesOf(axis, shown, 'gradNorm', runs.length > 1 ? '' : 'gradient norm', 'bold'),
        levels,
        about,
      ),
  };
}

function stepTimePanel({ groups, stepTimes }: ReportData, say: (text: string) => void): Panel {
  const made = new Chart(
    {
      id: 'stepTimes',
      title: 'Time of a step',
      values: 'number of stretches',
      height: LOW,
      // Half a stretch is a place on a low axis, but no number of stretches.
      format: (value) => (Number.isInteger(value) ? count(value) : ''),
      range: fromZero,
    },
    say,
  );
  const about = 'Each stretch between two log lines counts once, with its mean; the slowest 1 % are in the last bar.';
  return {
    chart: made,
    fill(_, shown) {
      const curves = (stepTimes?.counts ?? []).map((counts, group): Curve => {
        const run = groups.length > 1 ? groups[group] : '';
        return {
          run,
          what: groups.length > 1 ? '' : 'stretches',
          group,
          x: stepTimes?.edges ?? [],
          y: [...counts, 0],
          style: 'steps',
        };
      });
      made.show(
        stepTimeAxis,
        curves.filter(({ group, y }) => shown.has(group) && y.some((n) => n > 0)),
        [],
        about,
      );
    },
  };
}
