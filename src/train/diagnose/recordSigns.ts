import type { RunRecord } from '../record/runRecord.ts';
import { LINES } from './signs.ts';
import type { Signs } from './signs.ts';

/** What a run's folder tells, up to a step. */
export function recordSigns({ config, steps, metrics }: RunRecord, until = Infinity): Signs {
  const norms = metrics.training.flatMap(({ step, numbers }) => (step <= until ? (numbers.gradNorm ?? []) : []));
  const last = metrics.validation.findLast(({ step, numbers }) => step <= until && numbers.loss !== undefined);
  return {
    steps,
    clipNorm: config?.train.clipNorm ?? 0,
    unknownShare: metrics.unknownShare,
    duplicateShare: metrics.duplicateShare,
    gradNorms: norms.slice(-LINES),
    validation: last && { step: last.step, ...last.numbers },
  };
}
