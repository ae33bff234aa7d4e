import type { Config } from '../config/table/table.ts';
import type { FinetuneConfig } from '../finetune/config/table.ts';
import type { MetricsLine, MetricsRecord } from './metricsRecord.ts';

/**
 * How a run is: `ended` for a classifier that is not training, whose last step is not written down; `reason` is the error, the
 * signal, or the process that trains.
 */
export interface RunState {
  readonly name: 'running' | 'done' | 'stopped' | 'failed' | 'ended';
  readonly reason?: string;
}

/** What a run's folder tells without its checkpoints. */
export interface RunRecord {
  readonly path: string;
  readonly state: RunState;
  /** Undefined where config.yaml is missing or damaged. */
  readonly config: Config | FinetuneConfig | undefined;
  /** How many there are to be, of a pretraining run that is not by the clock. */
  readonly steps: number | undefined;
  readonly metrics: MetricsRecord;
  /** The validation with the least loss, and the last one. */
  readonly best: MetricsLine | undefined;
  readonly last: MetricsLine | undefined;
  /** What cannot be read, and why. */
  readonly troubles: readonly string[];
}

/**
 * @param holders the processes that hold its lock
 * @param steps how many it is to have, where that is known
 */
export function stateOf(
  holders: readonly string[],
  { step, interruption, ended }: Pick<MetricsRecord, 'step' | 'interruption' | 'ended'>,
  steps: number | undefined,
  classifier: boolean,
): RunState {
  if (holders.length > 0) return { name: 'running', reason: holders.join(', ') };
  if (interruption?.event === 'error') return { name: 'failed', reason: interruption.message };
  if (ended || (steps !== undefined && step >= steps)) return { name: 'done' };
  if (interruption) return { name: 'stopped', reason: interruption.message };
  return { name: classifier ? 'ended' : 'stopped' };
}
