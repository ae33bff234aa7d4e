import type { Checkpoint, JsonObject, PassedOver, StoredCheckpoint } from './checkpoint/checkpoint.ts';

/** What a run is opened with. */
export interface RunRequest {
  /** The run's folder: the config's `out`. */
  readonly path: string;
  /** The resolved config: every key with its value. */
  readonly config: object;
  /** The same as YAML text, which becomes the run's config.yaml. */
  readonly yaml: string;
  readonly resume: boolean;
  /** Number of checkpoints that are kept. */
  readonly keep: number;
}

/** A run's folder, held by this process alone until it is closed. */
export interface RunFolder {
  readonly path: string;
  /** Where a resumed run goes on from; undefined for a run that begins at step 0. */
  readonly checkpoint: StoredCheckpoint | undefined;
  /** The newer checkpoints that are not intact. */
  readonly passedOver: readonly PassedOver[];
  /** Writes tokenizer.json; throws if a resumed run has another. */
  saveTokenizer(json: string): Promise<void>;
  /** Appends one line to metrics.jsonl; the time is added. */
  log(event: string, fields: JsonObject & { readonly step: number }): void;
  /**
   * Writes a checkpoint, and its `checkpoint` line unless it is one that an uninterrupted run would not write, and
   * removes those that are too old to keep.
   * @returns the checkpoint's path
   */
  save(checkpoint: Checkpoint, options?: { readonly scheduled: boolean }): Promise<string>;
  /** Lets go of the folder. */
  close(): Promise<void>;
}
