import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { readMetrics } from '../../../src/train/record/metricsRecord.ts';
import type { RunRecord } from '../../../src/train/record/runRecord.ts';

const config = resolveConfig(
  'train: { steps: 20000, batchSize: 16, accumulate: 2 }\ndata: { sequenceLength: 32 }\nlog: { every: 1 }\n',
  'sample.yaml',
);

/** The metrics of a run with a log line for each step and a validation for each tenth. */
export function metricsText(steps: number): string {
  const time = (step: number): string => new Date(1.7e12 + 40 * step).toISOString();
  const lines = Array.from({ length: steps }, (_, i) => {
    const step = i + 1;
    const loss = 4 + 4 * Math.exp(-step / 3000);
    const train = { event: 'train', step, loss, learningRate: 1e-3, gradNorm: 1 + (step % 3), tokensPerSecond: 4e4 };
    const validate = { event: 'validate', step, loss, accuracy: 0.3, contextFreeLoss: 5.5, unigramLoss: 6 };
    return [train, ...(step % 10 === 0 ? [validate] : [])].map((line) => JSON.stringify({ ...line, time: time(step) }));
  });
  return [JSON.stringify({ event: 'start', step: 0, device: 'cpu', parameters: 1e6, time: time(0) }), ...lines.flat()]
    .map((line) => `${line}\n`)
    .join('');
}

export function recordOf(steps: number, changes: Partial<RunRecord> = {}): RunRecord {
  const metrics = readMetrics(metricsText(steps));
  return {
    path: 'runs/sample',
    state: { name: 'done' },
    config,
    steps,
    metrics,
    best: metrics.validation.at(-1),
    last: metrics.validation.at(-1),
    troubles: [],
    ...changes,
  };
}
