import type { CorpusStatistics } from '../../src/data/openedData.ts';
import type { Progress } from '../../src/data/progress.ts';
import type { DeviceChoice, DeviceReport } from '../../src/kernels/choose.ts';
import type { Config } from '../../src/train/config/table/table.ts';
import type { Evaluation } from '../../src/train/evaluate/evaluation.ts';
import type { BoxReport } from './inspect/boxReport.ts';
import type { TrainReport } from '../../src/train/loop.ts';

/** What the page asks of the engine, which lives in a worker. Each may reject with a message to show. */
export interface EngineApi {
  devices(): Promise<FoundDevice[]>;
  /** Fetches what training on a device that was chosen needs. */
  prepare(device: DeviceChoice): Promise<void>;
  /** Checks a config, after setting keys of it; comments and order stay. `own`: its corpus is not used. */
  config(text: string, changes?: readonly Change[], own?: boolean): Promise<ConfigView>;
  /** Begins a new run; resolves when it trains. `files` take the place of the config's corpus. */
  start(text: string, files?: readonly PathAndBlob[]): Promise<void>;
  /** Resolves when the checkpoint is saved. */
  pause(): Promise<void>;
  /** Continues the open run, for `once` only a step: from memory, or from its last checkpoint if the device is gone. */
  goOn(device?: DeviceChoice, once?: boolean): Promise<void>;
  /** Saves the open run; from its next step on it has another learning rate, as after a resume, and trains on if it did. */
  changeLearningRate(rate: number): Promise<void>;
  /** Saves the open run and closes it. */
  close(): Promise<void>;
  /** Opens a run from a .zip or the files of its folder. */
  open(files: readonly PathAndBlob[], device?: DeviceChoice): Promise<void>;
  openKept(name: string, device?: DeviceChoice): Promise<void>;
  /** Provides the text of a run that did not have it in its files. */
  giveCorpus(files: readonly PathAndBlob[]): Promise<void>;
  /** The runs that this browser keeps; undefined where it keeps no files for the page. */
  kept(): Promise<KeptRun[] | undefined>;
  /** What a kept run logged, up to its last checkpoint. */
  metricsOf(name: string): Promise<Metric[]>;
  removeKept(name: string): Promise<void>;
  /** The last checkpoint of the run of that name as a .zip that the command line reads. */
  download(name: string): Promise<Blob>;
  /** Has questions answered by the model that comes with the page, as long as no run is open. */
  openTrained(): Promise<void>;
  fillMask(text: string, top: number): Promise<Filled>;
  attention(text: string): Promise<AttentionView>;
  /** The sentences of the validation text that are most like a text. */
  similar(text: string, top: number): Promise<SimilarSentences>;
  box(path: string): Promise<BoxReport | undefined>;
}

/** What is asked before anything trains. */
export type FirstQuestion = 'devices' | 'prepare' | 'kept';

/** What went wrong, and what to do about it. */
export interface Reason {
  readonly what: string;
  readonly advice?: string | undefined;
  /** The whole of it, for who wants to report it. */
  readonly details?: string | undefined;
}

export interface PathAndBlob {
  readonly path: string;
  readonly blob: Blob;
}

export interface Change {
  /** `train.steps` */
  readonly path: string;
  /** Undefined removes the key. */
  readonly value: unknown;
}

export interface ConfigView {
  readonly text: string;
  /** None if all is well. */
  readonly problems: readonly { readonly line: number; readonly column: number; readonly message: string }[];
  readonly config: Config | undefined;
  /** Every key with its value, as YAML. */
  readonly resolved: string | undefined;
  /** What training would take. */
  readonly estimate: Estimate | undefined;
}

/** A device as this browser has it. */
export interface FoundDevice extends DeviceReport {
  /** What it lacks here, in words; empty or undefined where nothing. */
  readonly remark?: string;
  /** How fast it computes; unknown of those that take long to open. */
  readonly speed?: Speed;
  /** The most bytes of arrays, where there is a limit. */
  readonly memory?: number;
}

/** Of a second. */
export interface Speed {
  /** Multiplications and additions in products. */
  readonly flops: number;
  /** Read and written by kernels that only add. */
  readonly bytes: number;
}

/** What a run takes, without any of it being computed. */
export interface Estimate extends Speed {
  readonly parameters: number;
  /** Bytes of arrays at the fullest moment. */
  readonly memory: number;
  /** Of the whole run, like `flops` and `bytes`. */
  readonly launches: number;
}

export interface KeptRun {
  readonly name: string;
  /** Of its last checkpoint; undefined where only its text has been stored so far. */
  readonly step: number | undefined;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly saved: number;
}

export interface Filled {
  readonly tokens: readonly string[];
  /** For each mask the answers at earlier steps, the present ones last. */
  readonly masks: readonly { readonly at: readonly StepAnswers[] }[];
}

export interface StepAnswers {
  readonly step: number;
  readonly guesses: readonly { readonly token: string; readonly probability: number }[];
}

export interface AttentionView {
  readonly tokens: readonly string[];
  readonly heads: number;
  readonly step: number;
  /** For each layer (heads, length, length). */
  readonly layers: readonly Float64Array[];
}

export interface SimilarSentences {
  readonly step: number;
  /** Most similar first, by the cosine of their embeddings. */
  readonly sentences: readonly { readonly text: string; readonly cosine: number }[];
}

/** A run that is ready to train. */
export interface RunSummary {
  readonly name: string;
  readonly config: Config;
  readonly yaml: string;
  readonly device: string;
  readonly parameters: number;
  readonly vocabSize: number;
  /** The step that it is at. */
  readonly step: number;
  /** Undefined where the run's text is not here, so that it cannot be trained on. */
  readonly data: CorpusStatistics | undefined;
  /** What it logged so far. */
  readonly metrics: readonly Metric[];
}

export type TrainMetric = TrainReport & { readonly tokensPerSecond: number };
export type Metric =
  | ({ readonly event: 'train'; readonly step: number } & TrainMetric)
  | ({ readonly event: 'validate'; readonly step: number } & Evaluation);

export type Phase = 'idle' | 'preparing' | 'training' | 'pausing' | 'paused' | 'finished' | 'failed';

/** What the engine sends to the page without being asked. */
export type EngineEvent =
  | { readonly type: 'phase'; readonly phase: Phase; readonly reason?: Reason }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'run'; readonly run: RunSummary }
  | { readonly type: 'step'; readonly step: number; readonly memory: number }
  | { readonly type: 'metric'; readonly metric: Metric }
  | { readonly type: 'saved'; readonly step: number; readonly trouble: string | undefined };
