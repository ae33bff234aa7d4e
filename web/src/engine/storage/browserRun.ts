import { BertrandError } from '../../../../src/error.ts';
import type { Config } from '../../../../src/train/config/table/table.ts';
import { checkpointName } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import type {
  Checkpoint,
  JsonObject,
  PassedOver,
  StoredCheckpoint,
} from '../../../../src/train/run/checkpoint/checkpoint.ts';
import { checkpointFiles } from '../../../../src/train/run/checkpoint/checkpointFiles.ts';
import { cutMetrics } from '../../../../src/train/run/metricsText.ts';
import type { RunFolder, SaveOptions } from '../../../../src/train/run/runFolder.ts';
import type { Metric, PathAndBlob } from '../../protocol.ts';
import { metricsIn } from './metrics.ts';
import { openZips } from './openZips.ts';
import { withCorpus, zipped } from './zip.ts';
import { sha256 } from './sha256.ts';
import { keep, zipsOf } from './savedRuns.ts';

declare const BERTRAND_VERSION: string;

const NOT_SECURE = 'checkpoints need a page from https or from localhost';

export interface BrowserRunParts {
  readonly name: string;
  readonly config: Config;
  /** The resolved config as YAML. */
  readonly yaml: string;
  readonly tokenizer: string;
  readonly metrics: string;
  /** Text that is the run's own, to go into downloads. */
  readonly corpus: readonly PathAndBlob[];
  readonly checkpoint: StoredCheckpoint | undefined;
  readonly passedOver: readonly PassedOver[];
  /** Whether the browser keeps files. */
  readonly canSave: boolean;
  readonly onSaved: (step: number, trouble: string | undefined) => void;
}

/** A run's folder in a browser: one zip for each checkpoint, kept in the origin's storage or, without that, in memory. */
export class BrowserRun implements RunFolder {
  readonly path: string;
  readonly name: string;
  checkpoint: StoredCheckpoint | undefined;
  passedOver: readonly PassedOver[];
  #parts: BrowserRunParts;
  #metrics: string;
  /** The last checkpoint's zip, where the origin does not keep it. */
  #zip: Uint8Array<ArrayBuffer> | undefined;

  constructor(parts: BrowserRunParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.path = parts.config.out;
    this.checkpoint = parts.checkpoint;
    this.passedOver = parts.passedOver;
    this.#metrics = parts.checkpoint ? cutMetrics(parts.metrics, parts.checkpoint.state.step) : '';
  }

  /** The text of tokenizer.json. */
  get tokenizer(): string {
    return this.#parts.tokenizer;
  }

  /** Everything a run has apart from its checkpoints: it goes into the zip of each. */
  begin(): Promise<void> {
    return Promise.resolve();
  }

  log(event: string, fields: JsonObject & { readonly step: number }): void {
    this.#metrics += `${JSON.stringify({ event, ...fields, time: new Date().toISOString() })}\n`;
  }

  /** From its last checkpoint on it has another config, which is kept at once. */
  async change(config: Config, yaml: string): Promise<void> {
    this.#parts = { ...this.#parts, config, yaml };
    const { checkpoint } = this;
    if (!checkpoint) return;
    this.checkpoint = { ...checkpoint, state: { ...checkpoint.state, config } };
    await this.save(this.checkpoint, { scheduled: false, stays: () => true });
  }

  get metrics(): Metric[] {
    return metricsIn(this.#metrics);
  }

  async save(checkpoint: Checkpoint, { scheduled = true, stays }: SaveOptions = {}): Promise<string> {
    const { step } = checkpoint.state;
    if (scheduled) this.log('checkpoint', { step });
    const { config, yaml, tokenizer, canSave, onSaved } = this.#parts;
    if (!isSecureContext) {
      onSaved(step, NOT_SECURE);
      return this.path;
    }
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    const files = new Map([
      [`${this.path}/config.yaml`, encode(yaml)],
      [`${this.path}/tokenizer.json`, encode(tokenizer)],
      [`${this.path}/metrics.jsonl`, encode(this.#metrics)],
    ]);
    const path = `${this.path}/checkpoints/${checkpointName(step)}`;
    const writer = { bertrand: BERTRAND_VERSION, browser: navigator.userAgent };
    for await (const { name, bytes } of checkpointFiles(checkpoint, writer, sha256))
      files.set(`${path}/${name}`, bytes);
    const zip = zipped(files);
    let trouble = canSave ? undefined : 'this browser keeps no files for the page';
    if (canSave)
      trouble = await keep(this.name, step, zip, config.checkpoint.keep, stays).then(
        () => undefined,
        (error: unknown) => `the browser refused to keep it (${String(error)})`,
      );
    this.#zip = trouble === undefined ? undefined : zip;
    onSaved(step, trouble);
    return path;
  }

  /** Goes back to the last checkpoint, after the device with the later state is gone. */
  async reopen(): Promise<void> {
    const zips = this.#zip ? [new Blob([this.#zip])] : this.#parts.canSave ? await zipsOf(this.name) : [];
    const opened = zips.length > 0 ? await openZips(zips) : undefined;
    this.checkpoint = opened?.checkpoint;
    this.#metrics = opened ? cutMetrics(opened.files.metrics, opened.checkpoint.state.step) : '';
  }

  /** The last checkpoint, with the corpus if that is the run's own, as the command line reads it. */
  async download(): Promise<Blob> {
    if (!isSecureContext) throw new BertrandError(NOT_SECURE);
    const zip = this.#zip ?? (this.#parts.canSave ? (await zipsOf(this.name)).at(0) : undefined);
    if (!zip) throw new BertrandError('there is no checkpoint yet', { advice: 'pause, or wait until one is saved' });
    return withCorpus(new Blob([zip]), this.path, this.#parts.corpus);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
