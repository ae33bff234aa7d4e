import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const MOST_ENTRIES = 100_000;

/** What a folder takes: bytes of the files below, and the last time that one of them changed. Links are not followed. */
export interface DiskUse {
  readonly bytes: number;
  readonly changed: Date;
}

/** Of at most 100,000 entries. What goes meanwhile counts nothing. */
export function diskUse(folder: string): DiskUse {
  let [bytes, changed, entries] = [0, 0, 0];
  const add = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      entries += 1;
      if (entries > MOST_ENTRIES) return;
      try {
        const inner = join(path, entry.name);
        if (entry.isDirectory()) add(inner);
        const { size, mtimeMs } = lstatSync(inner);
        if (entry.isFile()) bytes += size;
        changed = Math.max(changed, mtimeMs);
      } catch {
        // a run that goes on removes old checkpoints
      }
    }
  };
  add(folder);
  return { bytes, changed: new Date(changed) };
}
