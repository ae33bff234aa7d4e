import { percent } from '../../data/percent.ts';
import type { MetricsLine } from '../../train/record/metricsRecord.ts';
import type { RunRecord } from '../../train/record/runRecord.ts';
import { quantile } from '../../train/report/quantile.ts';
import type { NamedRun } from '../../train/report/reportData.ts';
import { bytes } from '../print/bytes.ts';
import { formatCount, formatDuration } from '../progress/format.ts';
import type { HtmlTable } from './html.ts';

const NONE = '–';

/** What each run tells in a number or a few words; rows in which none tells anything are left out. */
const facts: readonly (readonly [string, (record: RunRecord) => string | undefined])[] = [
  ['State', ({ state: { name, reason } }) => (reason === undefined ? name : `${name}: ${reason}`)],
  ['Step', ({ metrics, steps }) => (steps === undefined ? String(metrics.step) : `${metrics.step} of ${steps}`)],
  ['Validation loss at the end (nats)', ({ last }) => last?.numbers.loss?.toFixed(4)],
  ['Best validation loss (nats)', ({ best }) => best && `${best.numbers.loss?.toFixed(4)} at step ${best.step}`],
  ['The same a character (nats)', ({ last }) => last?.numbers.natsPerCharacter?.toFixed(4)],
  ['Better than without context (nats)', ({ last }) => lead(last)],
  ['Hidden words guessed right', ({ last }) => share(last?.numbers.accuracy)],
  ['Macro F1', ({ last }) => last?.numbers.macroF1?.toFixed(3)],
  ['Trained for', ({ metrics }) => formatDuration(60 * metrics.minutes)],
  ['Tokens a second (median)', ({ metrics }) => median(metrics.training, 'tokensPerSecond', formatCount)],
  ['Time of a step (median)', ({ metrics }) => milliseconds(metrics.stepTimes, 0.5)],
  ['95 % of the steps within', ({ metrics }) => milliseconds(metrics.stepTimes, 0.95)],
  ['Logged gradients that were clipped', clippedShare],
  ["FFN's units that never fire", ({ last }) => share(last?.numbers.silentUnits)],
  ['Memory of the device', ({ metrics }) => given(metrics.training.at(-1)?.numbers.peakMemory, bytes)],
  ['Parameters', ({ metrics }) => given(metrics.parameters, formatCount)],
  ['Device', ({ metrics }) => metrics.device],
];

export function factsTable(runs: readonly NamedRun[]): HtmlTable {
  const rows = facts.map(([name, fact]) => [name, ...runs.map(({ record }) => fact(record) ?? NONE)]);
  return {
    label: 'The runs at a glance',
    header: ['', ...runs.map(({ name }) => name)],
    rows: rows.filter(([, ...cells]) => cells.some((cell) => cell !== NONE)),
  };
}

const given = (value: number | undefined, format: (value: number) => string): string | undefined =>
  value === undefined ? undefined : format(value);

const share = (value: number | undefined): string | undefined => given(value, percent);

function lead(last: MetricsLine | undefined): string | undefined {
  const { loss, contextFreeLoss } = last?.numbers ?? {};
  return loss === undefined || contextFreeLoss === undefined ? undefined : (contextFreeLoss - loss).toFixed(2);
}

function median(
  lines: readonly MetricsLine[],
  name: 'tokensPerSecond',
  format: (value: number) => string,
): string | undefined {
  const sorted = lines.flatMap(({ numbers }) => numbers[name] ?? []).toSorted((a, b) => a - b);
  return sorted.length === 0 ? undefined : format(quantile(sorted, 0.5));
}

function milliseconds(values: readonly number[], part: number): string | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? undefined : `${Number(quantile(sorted, part).toPrecision(3))} ms`;
}

function clippedShare({ config, metrics }: RunRecord): string | undefined {
  const norm = config?.train.clipNorm ?? 0;
  const norms = metrics.training.flatMap(({ numbers }) => numbers.gradNorm ?? []);
  if (norm === 0 || norms.length === 0) return undefined;
  return `${percent(norms.filter((value) => value > norm).length / norms.length)} (at ${norm})`;
}
