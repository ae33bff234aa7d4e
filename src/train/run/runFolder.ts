import type { Config } from '../config/table/table.ts';
import type { Checkpoint, JsonObject, PassedOver, StoredCheckpoint } from './checkpoint/checkpoint.ts';

/** What a run is opened with. */
export interface RunRequest {
  /** The run's folder: the config's `out`. */
  readonly path: string;
  /** The resolved config: every key with its value. */
  readonly config?: Config;
  /** Throws if a run that is to be resumed is not the one that was asked for: for a run that is no pretraining. */
  readonly expectSame?: (checkpoint: StoredCheckpoint | undefined) => void;
  /** The same as YAML text, which becomes the run's config.yaml. */
  readonly yaml: string;
  readonly resume: boolean;
  /** The step of the checkpoint to go on from; the newest intact one if it is left out. */
  readonly step?: number | undefined;
  /** Whether a run that is in the folder is removed, once the new one begins. */
  readonly overwrite?: boolean;
  /** Whether scalars are written for TensorBoard, too. */
  readonly tensorboard?: boolean;
  /** Number of checkpoints that are kept. */
  readonly keep: number;
  /** Reports something that was done without being asked for. */
  readonly notice?: (text: string) => void;
}

export interface SaveOptions {
  /** Whether an uninterrupted run would save here, too: true if it is left out. */
  readonly scheduled?: boolean;
  /** Whether the checkpoint of a step is kept, however old it is. */
  readonly stays?: (step: number) => boolean;
}

/** A run's folder, held by this process alone until it is closed. */
export interface RunFolder {
  readonly path: string;
  /** Where a resumed run goes on from; undefined for a run that begins at step 0. */
  readonly checkpoint: StoredCheckpoint | undefined;
  /** The newer checkpoints that are not intact. */
  readonly passedOver: readonly PassedOver[];
  /**
   * Writes the run's other files. Nothing in the folder changes before this, so call it after everything that may refuse.
   * Throws if a resumed run has another tokenizer.
   * @param tokenizer the text of tokenizer.json
   * @param others the contents of other files, by their names
   */
  begin(tokenizer: string, others?: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** Appends one line to metrics.jsonl; the time is added. */
  log(event: string, fields: JsonObject & { readonly step: number }): void;
  /**
   * Writes its `checkpoint` line at once, unless it is one that an uninterrupted run would not write, then a checkpoint, and
   * removes those that are too old to keep. Others may write to the metrics meanwhile.
   * @returns the checkpoint's path
   */
  save(checkpoint: Checkpoint, options?: SaveOptions): Promise<string>;
  /** Releases the folder. */
  close(): Promise<void>;
}

/** A run's folder that may have been trained before, with this config. */
export interface OpenedRun extends RunFolder {
  readonly before: Config | undefined;
}
