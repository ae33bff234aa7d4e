import type { Points } from '../../../src/train/report/reportData.ts';
import { count } from '../view/format.ts';
import { language } from '../view/language.ts';

/** What curves are drawn over. */
export interface Axis {
  readonly title: string;
  /** At a tick. */
  readonly tick: (value: number) => string;
  /** In a sentence. */
  readonly place: (value: number) => string;
}

/** What the curves of runs may be drawn over. */
export const runAxisNames = ['step', 'tokens', 'minutes'] as const;
export type RunAxisName = (typeof runAxisNames)[number];

const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
/** Whole where it is large. */
const brief = (value: number): string => (value >= 100 ? count(value) : String(Number(value.toFixed(2))));

export const runAxes: Readonly<Record<RunAxisName, Axis>> = {
  step: { title: 'step', tick: count, place: (value) => `step ${count(value)}` },
  tokens: {
    title: 'tokens trained on',
    tick: (value) => compact.format(value),
    place: (value) => `${compact.format(value)} tokens`,
  },
  minutes: { title: 'minutes of training, pauses left out', tick: brief, place: (value) => `${brief(value)} min` },
};

export const stepTimeAxis: Axis = {
  title: 'milliseconds a step',
  tick: brief,
  place: (value) => `${brief(value)} ms`,
};

/** Where points stand on an axis; undefined where the run does not tell. */
export const placesOf = (axis: RunAxisName, points: Points): readonly number[] | undefined =>
  axis === 'step' ? points.steps : points[axis];
