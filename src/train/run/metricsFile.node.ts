import { closeSync, fstatSync, fsync as fsyncCallback, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { JsonObject } from './checkpoint/checkpoint.ts';
import { explainDisk } from './disk.node.ts';

const fsync = promisify(fsyncCallback);

/** The name of metrics that are set aside. */
export const olderMetrics = (number: number): string => `metrics.${number}.jsonl`;

/** metrics.jsonl, open for appending: one JSON object a line. */
export class MetricsFile {
  readonly #path: string;
  readonly #file: number;

  constructor(path: string) {
    this.#path = path;
    this.#file = this.#explained(() => openSync(path, 'a+'));
  }

  append(event: string, fields: JsonObject): void {
    this.appendText(`${JSON.stringify({ event, ...fields, time: new Date().toISOString() })}\n`);
  }

  /** Appends whole lines. */
  appendText(text: string): void {
    const bytes = Buffer.from(text);
    this.#explained(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    });
  }

  /** The bytes it has, for `cut`. */
  get size(): number {
    return this.#explained(() => fstatSync(this.#file).size);
  }

  /** All that it holds, even after its name was removed. */
  get text(): string {
    return this.#explained(() => {
      const bytes = Buffer.alloc(fstatSync(this.#file).size);
      for (let at = 0; at < bytes.length;) {
        const count = readSync(this.#file, bytes, at, bytes.length - at, at);
        if (count === 0) break;
        at += count;
      }
      return bytes.toString('utf8');
    });
  }

  /** Removes what was appended since the file had that size. */
  cut(size: number): void {
    this.#explained(() => ftruncateSync(this.#file, size));
  }

  /** Makes all lines survive a loss of power. */
  async sync(): Promise<void> {
    await fsync(this.#file).catch((error: unknown) => {
      throw this.#explanation(error);
    });
  }

  close(): void {
    closeSync(this.#file);
  }

  #explained<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw this.#explanation(error);
    }
  }

  #explanation(error: unknown): unknown {
    return explainDisk(error, `cannot write ${this.#path}`, 'put that right and go on with --resume');
  }
}
