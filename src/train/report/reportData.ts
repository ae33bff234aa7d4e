import { microBatchesBefore } from '../length/microBatches.ts';
import type { MetricsLine, NumberName } from '../record/metricsRecord.ts';
import type { RunRecord } from '../record/runRecord.ts';
import { histogramsOf } from './histogram.ts';
import type { Histograms } from './histogram.ts';
import { thinned } from './thinned.ts';

/** The curves of a report, each of one number of the lines of training or of validation. */
const curves = {
  training: ['training', 'loss'],
  validation: ['validation', 'loss'],
  accuracy: ['validation', 'accuracy'],
  learningRate: ['training', 'learningRate'],
  gradNorm: ['training', 'gradNorm'],
  tokensPerSecond: ['training', 'tokensPerSecond'],
  peakMemory: ['training', 'peakMemory'],
} as const satisfies Record<string, readonly ['training' | 'validation', NumberName]>;
export type CurveName = keyof typeof curves;

/** Points by step, at most a thousand; the arrays are equally long. */
export interface Points {
  readonly steps: readonly number[];
  /** Minutes trained until then. */
  readonly minutes: readonly number[];
  /** Tokens trained on until then, where the run tells. */
  readonly tokens?: readonly number[];
  readonly values: readonly number[];
}

export interface ReportRun {
  readonly name: string;
  /** Index into the report's groups. */
  readonly group: number;
  /** Where gradients are clipped. */
  readonly clipNorm?: number;
  /** The losses of guessing, in nats. */
  readonly contextFreeLoss?: number;
  readonly unigramLoss?: number;
  readonly curves: Readonly<Partial<Record<CurveName, Points>>>;
}

/** What the page draws. */
export interface ReportData {
  /** Names of what has a colour of its own: a run, or a setting with its runs. */
  readonly groups: readonly string[];
  readonly runs: readonly ReportRun[];
  /** How long steps took in each group, in milliseconds. */
  readonly stepTimes: Histograms | undefined;
}

/** A run and what it is called; runs of one group have one colour. */
export interface NamedRun {
  readonly name: string;
  readonly group: string;
  readonly record: RunRecord;
}

const MOST_POINTS = 1000;
const DIGITS = 6;

export function reportData(runs: readonly NamedRun[]): ReportData {
  const groups = [...new Set(runs.map(({ group }) => group))];
  return {
    groups,
    runs: runs.map(({ name, group, record }) => reportRun(name, groups.indexOf(group), record)),
    stepTimes: histogramsOf(
      groups.map((group) =>
        runs.filter((run) => run.group === group).flatMap(({ record }) => record.metrics.stepTimes),
      ),
    ),
  };
}

function reportRun(name: string, group: number, { config, metrics, last }: RunRecord): ReportRun {
  const clipNorm = config?.train.clipNorm ?? 0;
  const { contextFreeLoss, unigramLoss } = last?.numbers ?? {};
  const tokensAt = tokensUntil(config);
  const drawn = Object.entries(curves).flatMap(([curve, [lines, number]]) => {
    const points = pointsOf(metrics[lines], number, tokensAt);
    return points.values.length > 0 ? [[curve, points] as const] : [];
  });
  return {
    name,
    group,
    ...(clipNorm > 0 ? { clipNorm } : {}),
    ...(contextFreeLoss === undefined ? {} : { contextFreeLoss }),
    ...(unigramLoss === undefined ? {} : { unigramLoss }),
    curves: Object.fromEntries(drawn),
  };
}

type TokensAt = (step: number) => number;

/** How many tokens all steps up to one train on: of packed sequences, which are all of full length. */
function tokensUntil(config: RunRecord['config']): TokensAt | undefined {
  if (!config || !('packing' in config.data) || !('accumulate' in config.train)) return undefined;
  const { data, train } = config;
  if (!data.packing) return undefined;
  return (step) => train.batchSize * data.sequenceLength * microBatchesBefore(train, step + 1);
}

function pointsOf(lines: readonly MetricsLine[], number: NumberName, tokensAt: TokensAt | undefined): Points {
  const found = lines.flatMap(({ step, minutes, numbers }) => {
    const value = numbers[number];
    return value === undefined ? [] : [{ step, minutes, value }];
  });
  const kept = thinned(
    found.map(({ value }) => value),
    MOST_POINTS,
  ).map((i) => found[i]);
  const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
  return {
    steps: kept.map(({ step }) => step),
    minutes: kept.map(({ minutes }) => rounded(minutes)),
    ...(tokensAt && { tokens: kept.map(({ step }) => tokensAt(step)) }),
    values: kept.map(({ value }) => rounded(value)),
  };
}
