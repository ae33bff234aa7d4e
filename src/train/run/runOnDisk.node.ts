import { readFile, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readInputText } from '../../data/inputFile.node.ts';
import { BertrandError } from '../../error.ts';
import type { Config } from '../config/table/table.ts';
import type { Checkpoint, JsonObject, PassedOver, StoredCheckpoint } from './checkpoint/checkpoint.ts';
import { CheckpointFolder } from './checkpoint/checkpointFolder.node.ts';
import { exists, explainDisk, freeNumber, replaceFile } from './disk.node.ts';
import type { Lock } from './lock.node.ts';
import { MetricsFile, olderMetrics } from './metricsFile.node.ts';
import { LONGEST_METRICS, cutMetrics } from './metricsText.ts';
import { removeRun } from './overwrite.node.ts';
import { setAsideNewer } from './branch.node.ts';
import type { OpenedRun, RunRequest, SaveOptions } from './runFolder.ts';
import type { EventFile } from './tensorboard/eventFile.node.ts';

/** What was found in a run's folder. */
interface Found {
  readonly checkpoint?: StoredCheckpoint | undefined;
  readonly passedOver: readonly PassedOver[];
  readonly before?: Config | undefined;
  /** Whether the folder was made for this run. */
  readonly made: boolean;
}

const REMEDY = 'put that right and go on with --resume';

/** A run's folder on a disk. */
export class RunOnDisk implements OpenedRun {
  readonly path: string;
  readonly checkpoint: StoredCheckpoint | undefined;
  readonly passedOver: readonly PassedOver[];
  readonly before: Config | undefined;
  readonly #request: RunRequest;
  readonly #made: boolean;
  readonly #lock: Lock;
  readonly #checkpoints: CheckpointFolder;
  #metrics: MetricsFile | undefined;
  #events: EventFile | undefined;
  /** The contents of config.yaml, tokenizer.json and others that do not change. */
  #contents: ReadonlyMap<string, string | Uint8Array> = new Map();

  constructor(request: RunRequest, { checkpoint, passedOver, before, made }: Found, lock: Lock) {
    this.path = request.path;
    this.checkpoint = checkpoint;
    this.passedOver = passedOver;
    this.before = before;
    this.#request = request;
    this.#made = made;
    this.#lock = lock;
    this.#checkpoints = new CheckpointFolder(this.#file('checkpoints'), request.keep);
  }

  async begin(tokenizer: string, others: Readonly<Record<string, string | Uint8Array>> = {}): Promise<void> {
    const { yaml, resume, step, overwrite, notice } = this.#request;
    try {
      if (resume) await this.#expectTokenizer(tokenizer);
      if (overwrite) await removeRun(this.path);
      if (step !== undefined) await setAsideNewer(this.path, step, notice);
      this.#contents = new Map<string, string | Uint8Array>([
        ['config.yaml', yaml], // first of all: a folder that has it is a run
        ['tokenizer.json', tokenizer],
        ...Object.entries(others),
      ]);
      for (const [name, content] of this.#contents) await this.#put(name, content);
      await this.#checkpoints.prepare();
      await this.#prepareMetrics();
    } catch (error) {
      throw explainDisk(error, `cannot write the run in ${this.path}`, REMEDY);
    }
    this.#metrics = new MetricsFile(this.#file('metrics.jsonl'));
    if (!this.#request.tensorboard) return;
    const { EventFile } = await import('./tensorboard/eventFile.node.ts'); // loads the protobuf library
    this.#events = new EventFile(this.path, (this.checkpoint?.state.step ?? 0) + 1);
  }

  log(event: string, fields: JsonObject & { readonly step: number }): void {
    this.#begun.append(event, fields);
    this.#events?.log(event, fields);
  }

  async save(checkpoint: Checkpoint, { scheduled = true, stays }: SaveOptions = {}): Promise<string> {
    this.#lock.expectHeld();
    const metrics = this.#begun;
    const { size } = metrics;
    if (scheduled) metrics.append('checkpoint', { step: checkpoint.state.step }); // before: a crash right after keeps it
    const after = metrics.size;
    let path;
    try {
      await metrics.sync();
      path = await this.#checkpoints.save(checkpoint, stays);
    } catch (error) {
      if (metrics.size === after) metrics.cut(size); // else the run goes on from an older checkpoint, without these lines
      throw error;
    }
    await this.#restore();
    return path;
  }

  async close(): Promise<void> {
    this.#metrics?.close();
    this.#events?.close();
    await this.#lock.release();
    if (this.#made && !this.#metrics) await rmdir(this.path).catch(() => {}); // nothing came of it
  }

  get #begun(): MetricsFile {
    if (!this.#metrics) throw new Error('the run has not begun');
    return this.#metrics;
  }

  #file(name: string): string {
    return join(this.path, name);
  }

  async #expectTokenizer(json: string): Promise<void> {
    const file = this.#file('tokenizer.json');
    if ((await exists(file)) && readInputText(file) !== json)
      throw new BertrandError(
        `${file}: the run has another tokenizer than its corpus gives now, so the corpus has changed; put it back, or start a new run with another --out`,
      );
  }

  async #put(name: string, content: string | Uint8Array): Promise<void> {
    const file = this.#file(name);
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    if (!(await exists(file)) || !(await readFile(file)).equals(bytes)) await replaceFile(file, bytes);
  }

  /** Without a checkpoint the run begins at step 0 with new metrics; those of an earlier attempt are set aside. */
  async #prepareMetrics(): Promise<void> {
    const file = this.#file('metrics.jsonl');
    const text = (await exists(file)) ? readInputText(file, LONGEST_METRICS) : '';
    if (this.checkpoint) {
      const kept = cutMetrics(text, this.checkpoint.state.step);
      if (kept !== text) await replaceFile(file, kept);
    } else if (text !== '') {
      const older = olderMetrics(await freeNumber(this.path, olderMetrics));
      await rename(file, this.#file(older));
      this.#request.notice?.(
        `${this.path}: the run before ended without a checkpoint: begins at step 0; its metrics are kept in ${older}`,
      );
    }
  }

  /** Restores files that were removed in the meantime: without them the checkpoints are unusable. */
  async #restore(): Promise<void> {
    try {
      for (const [name, content] of this.#contents)
        if (!(await exists(this.#file(name)))) await replaceFile(this.#file(name), content);
      if (await exists(this.#file('metrics.jsonl'))) return;
      const removed = this.#begun;
      const { text } = removed;
      await replaceFile(this.#file('metrics.jsonl'), text);
      this.#metrics = new MetricsFile(this.#file('metrics.jsonl'));
      this.#metrics.appendText(removed.text.slice(text.length)); // written meanwhile
      removed.close();
    } catch (error) {
      throw explainDisk(error, `cannot write the run in ${this.path}`, REMEDY);
    }
  }
}
