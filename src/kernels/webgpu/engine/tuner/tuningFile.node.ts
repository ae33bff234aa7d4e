import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../../cacheFolder.node.ts';
import type { TuningStore } from './tuner.ts';

type Choices = Record<string, number>;

/**
 * Choices in a JSON file, by adapter. The file only saves the trials of a few steps, so where it cannot be read or written
 * nothing is said and nothing is lost.
 * @param adapter its name and its driver's version
 */
export function tuningFile(adapter: string, path = join(cacheFolder(), 'webgpu-tuning.json')): TuningStore {
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
