import type { OpenedData } from '../data/openedData.ts';
import type { OnProgress } from '../data/progress.ts';
import type { Device } from '../kernels/device.ts';
import type { Config } from './config/table/table.ts';
import type { Evaluation } from './evaluate/evaluation.ts';
import type { TrainReport } from './loop.ts';
import type { PassedOver } from './run/checkpoint/checkpoint.ts';
import type { Sample } from './evaluate/samples.ts';

/** A run that is ready to train. */
export interface RunFacts {
  readonly config: Config;
  readonly data: OpenedData;
  readonly device: Device;
  readonly parameters: number;
  /** The step that a resumed run goes on from; 0 for a new one. */
  readonly from: number;
  readonly passedOver: readonly PassedOver[];
  /** Other notices to show before it continues. */
  readonly notices: readonly string[];
}

/** Shows a person how training goes. */
export interface TrainingView {
  step(step: number, tokens: number): void;
  train(step: number, report: TrainReport & { readonly tokensPerSecond: number }): void;
  validate(step: number, evaluation: Evaluation): void;
  saved(path: string): void;
}

/** Shows a person how a run of the command line goes. */
export interface PretrainView extends TrainingView {
  readonly preparing: OnProgress;
  /** A step waits for shaders, of which `done` are compiled. */
  readonly compiling: (done: number, total: number) => void;
  begin(facts: RunFacts): void;
  stopping(signal: string): void;
  /** Ctrl-C was pressed, and everything is saved. */
  stopped(step: number): void;
  finished(found: readonly Sample[]): void;
}
