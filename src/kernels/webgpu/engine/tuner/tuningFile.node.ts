import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TuningStore } from './tuner.ts';

/** Where programs of this system keep what they can make again. */
function cacheFolder(): string {
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

type Choices = Record<string, number>;

/**
 * Choices in a JSON file, by adapter. The file only saves the trials of a few steps, so where it cannot be read or written
 * nothing is said and nothing is lost.
 * @param adapter its name and its driver's version
 */
export function tuningFile(adapter: string, path = join(cacheFolder(), 'bertrand', 'webgpu-tuning.json')): TuningStore {
  const all = (): Record<string, Choices> => {
    try {
      return Object(JSON.parse(readFileSync(path, 'utf8'))) as Record<string, Choices>;
    } catch {
      return {};
    }
  };
  return {
    load: () =>
      Object.fromEntries(Object.entries(Object(all()[adapter]) as Choices).filter(([, way]) => Number.isInteger(way))),
    save(choices) {
      try {
        mkdirSync(dirname(path), { recursive: true });
        const temporary = `${path}.${process.pid}`;
        writeFileSync(temporary, JSON.stringify({ ...all(), [adapter]: choices }));
        renameSync(temporary, path);
      } catch {
        // a read-only home
      }
    },
  };
}
