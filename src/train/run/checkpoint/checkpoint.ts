import type { LowestState } from '../../length/lowestLoss.ts';
import type { HostTensors } from '../../modelState.ts';

/** What `JSON.stringify` keeps as it is. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** The state that training resumes from, apart from tensors: step, seed, the optimizer's step count, the log window, the corpus. */
export interface TrainingState extends JsonObject {
  readonly step: number;
  /** The config it was trained with, every key with its value. */
  readonly config?: JsonObject;
  /** SHA-256 of the run's tokenizer.json. */
  readonly tokenizer?: string;
  /** The fingerprint of the corpus as tokens. */
  readonly corpus?: string;
  /** On what it was trained. */
  readonly device?: StoredDevice;
  /** The least loss of the run so far. */
  readonly best?: number;
  /** The least validation loss so far. */
  readonly lowest?: LowestState;
  /** Seconds of training. */
  readonly seconds?: number;
  /** SHA-256 of the validation text that the run keeps. */
  readonly validation?: string;
  /** How many processes trained it together; one if it does not say. */
  readonly ranks?: number;
  /** Where the run was started, as seen from its folder: relative paths in its config count from there. */
  readonly folder?: string;
}

/** The aspects of a device that results depend on. */
export interface StoredDevice extends JsonObject {
  readonly name: string;
  readonly description: string;
  /** What the last bits depend on: whose products, and how they are rounded. */
  readonly arithmetic: string;
  /** Of the cpu device, who computed products: native, wasm, or the name of a BLAS. */
  readonly products?: string;
}

/** Everything that a run resumes from. */
export interface Checkpoint {
  readonly model: HostTensors;
  readonly optimizer: HostTensors;
  readonly state: TrainingState;
}

/** Who wrote a checkpoint: Bertrand, in which `node` or `browser`. */
export interface Versions extends JsonObject {
  readonly bertrand: string;
  /** The version of the checkpoint's own layout. */
  readonly checkpoint: number;
}

/** A checkpoint as read from its folder. */
export interface StoredCheckpoint extends Checkpoint {
  readonly path: string;
  readonly versions: Versions;
}

/** What using a model needs: a checkpoint without its optimizer state, which is two thirds of it. */
export type StoredModel = Omit<StoredCheckpoint, 'optimizer'>;

/** A checkpoint that was skipped, and why. */
export interface PassedOver {
  readonly path: string;
  readonly reason: string;
}

const NAME = /^step-(\d{8,})$/;

/** `step-00000100` for step 100. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(8, '0')}`;

/** The step of a checkpoint's folder name; undefined for any other name. */
export function stepOfName(name: string): number | undefined {
  const step = Number(NAME.exec(name)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(step) && checkpointName(step) === name ? step : undefined;
}
