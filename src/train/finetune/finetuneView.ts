import type { Device } from '../../kernels/device.ts';
import type { TrainReport } from '../loop.ts';
import type { FinetuneConfig, MetricName } from './config/table.ts';
import type { ClassifierEvaluation } from './evaluateClassifier.ts';

/** What a fine-tuning run is, once all is ready. */
export interface FinetuneFacts {
  readonly config: FinetuneConfig;
  readonly device: Device;
  readonly labels: readonly string[];
  readonly examples: number;
  readonly validationExamples: number;
  readonly parameters: number;
  /** Those that are trained. */
  readonly trained: number;
  readonly steps: number;
  /** The step that it goes on from; 0 for a new one. */
  readonly from: number;
  readonly metric: MetricName;
}

/** Shows a person how fine-tuning goes. */
export interface FinetuneView {
  notice(text: string): void;
  begin(facts: FinetuneFacts): void;
  train(step: number, report: TrainReport & { readonly tokensPerSecond: number }): void;
  /** @param best whether it is the best so far, and was saved */
  validate(step: number, evaluation: ClassifierEvaluation, best: boolean): void;
  stopping(signal: string): void;
  stopped(step: number, best: number | undefined): void;
  /** @param best the step whose checkpoint stays, with what it gave */
  finished(best: { readonly step: number; readonly evaluation: ClassifierEvaluation }, early: boolean): void;
}
