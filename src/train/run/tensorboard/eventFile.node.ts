import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { explainDisk } from '../disk.node.ts';
import { scalarsEvent, startEvent, versionEvent } from './events.ts';
import { tfRecord } from './tfRecord.ts';

const NAME = /^events\.out\.tfevents\.(\d{10})\./;

/** The scalars of a run as TensorBoard reads them, in a new file each time that a run begins or goes on. */
export class EventFile {
  readonly #path: string;
  readonly #file: number;

  /** @param step the first that is to be logged: what earlier files have of it and of later ones is to be forgotten */
  constructor(folder: string, step: number) {
    const now = Date.now() / 1000;
    this.#path = join(
      folder,
      explained(folder, () => nameIn(folder, Math.floor(now))),
    );
    this.#file = explained(this.#path, () => openSync(this.#path, 'wx'));
    this.#write(versionEvent(now));
    this.#write(startEvent(now, step));
  }

  /** Writes the scalars of a line of metrics. */
  log(event: string, fields: Readonly<Record<string, unknown>> & { readonly step: number }): void {
    const scalars = scalarsEvent(Date.now() / 1000, event, fields);
    if (scalars) this.#write(scalars);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(event: Uint8Array): void {
    const record = tfRecord(event);
    explained(this.#path, () => {
      for (let at = 0; at < record.length;) at += writeSync(this.#file, record, at);
    });
  }
}

function explained<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainDisk(error, `cannot write ${path}`, 'put that right and go on with --resume');
  }
}

/** TensorBoard reads a folder's files by their names, so a new one has a later second than those that are there. */
function nameIn(folder: string, second: number): string {
  const others = readdirSync(folder).map((name) => Number(NAME.exec(name)?.[1] ?? 0));
  const later = Math.max(second, ...others.map((other) => other + 1));
  const host = hostname().replaceAll(/[^\w-]/g, '_');
  return `events.out.tfevents.${String(later).padStart(10, '0')}.${host}.${process.pid}.0`;
}
