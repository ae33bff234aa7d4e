import type { MetricsLine } from '../record/metricsRecord.ts';
import type { RunRecord } from '../record/runRecord.ts';
import { LINES } from './signs.ts';
import type { Signs } from './signs.ts';

/** What a run's folder tells, up to a step. */
export function recordSigns(record: RunRecord, until = Infinity): Signs {
  const { config, metrics } = record;
  const norms = metrics.training.flatMap(({ step, numbers }) => (step <= until ? (numbers.gradNorm ?? []) : []));
  const last = metrics.validation.findLast(({ step, numbers }) => step <= until && numbers.loss !== undefined);
  return {
    sequenceLength: config?.data.sequenceLength,
    clipNorm: config?.train.clipNorm ?? 0,
    unknownShare: metrics.unknownShare,
    duplicateShare: metrics.duplicateShare,
    gradNorms: norms.slice(-LINES),
    validation: last && { share: shareUntil(record, last), ...last.numbers },
  };
}

/** How much of its run is done at a line, where the run has an end. */
function shareUntil({ config, steps, metrics }: RunRecord, { step, minutes }: MetricsLine): number | undefined {
  if (metrics.ended && step >= metrics.step) return 1;
  if (steps !== undefined) return step / steps;
  const most = config && 'minutes' in config.train ? config.train.minutes : 'none';
  return most === 'none' ? undefined : minutes / most;
}
