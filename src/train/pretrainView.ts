import type { OpenedData } from '../data/openedData.ts';
import type { OnProgress } from '../data/progress.ts';
import type { Communicator } from '../ranks/communicator.ts';
import type { Device } from '../kernels/device.ts';
import type { Config } from './config/table/table.ts';
import type { Diagnosis } from './diagnose/diagnose.ts';
import type { Evaluation } from './evaluate/evaluation.ts';
import type { RunLength } from './length/runLength.ts';
import type { TrainReport } from './loop.ts';
import type { PassedOver } from './run/checkpoint/checkpoint.ts';
import type { Sample } from './evaluate/samples.ts';

/** A run that is ready to train. */
export interface RunFacts {
  /** The config, with every default filled in. */
  readonly config: Config;
  /** The tokenizer, the batches and the counts of the text. */
  readonly data: OpenedData;
  /** Where the run computes. */
  readonly device: Device;
  /** Those that train together; a process by itself if left out. */
  readonly ranks?: Communicator;
  /** How many numbers the model learns. */
  readonly parameters: number;
  /** The step that a resumed run goes on from; 0 for a new one. */
  readonly from: number;
  /** How long the run is. */
  readonly length: RunLength;
  /** The seconds of training that a resumed run has had. */
  readonly seconds: number;
  /** Newer checkpoints that are damaged. */
  readonly passedOver: readonly PassedOver[];
  /** Other notices to show before it continues. */
  readonly notices: readonly string[];
}

/** Shows a person how training goes. */
export interface TrainingView {
  /** A step was made on so many tokens. */
  step(step: number, tokens: number): void;
  /** A log line is due. */
  train(step: number, report: TrainReport & { readonly tokensPerSecond: number }): void;
  /** A validation has ended. */
  validate(step: number, evaluation: Evaluation): void;
  /** A checkpoint was saved, in that folder. */
  saved(path: string): void;
  /** Something seems to be wrong; each thing is told once. */
  diagnosed?(diagnosis: Diagnosis): void;
}

/** Shows a person how a run of the command line goes. */
export interface PretrainView extends TrainingView {
  /** Reports progress before training. */
  readonly preparing: OnProgress;
  /** A step waits for shaders, of which `done` are compiled. */
  readonly compiling: (done: number, total: number) => void;
  /** Training is about to begin. */
  begin(facts: RunFacts): void;
  /** The run was asked to stop, and saves. */
  stopping(signal: string): void;
  /** Ctrl-C was pressed, and everything is saved. */
  stopped(step: number): void;
  /**
   * The run has ended.
   * @param found undefined for one of many, of which little is shown
   * @param early whether it ended since the validation loss stayed as it was
   * @param diagnoses what is wrong now
   */
  finished(found: readonly Sample[] | undefined, early: boolean, diagnoses?: readonly Diagnosis[]): void;
}
