import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../../cacheFolder.node.ts';
import type { TuningStore } from './tuner.ts';

type Choices = Record<string, number>;

/**
 * Stores choices in a JSON file, by adapter and shaders. The file only saves a few steps of trials, so failing to read or
 * write it is not reported.
 * @param adapter everything that distinguishes it, including its driver's version
 * @param shaders the texts to choose between: choices between other texts do not apply
 */
export function tuningFile(
  adapter: string,
  shaders: readonly string[],
  path = join(cacheFolder(), 'webgpu-tuning.json'),
): TuningStore {
  const key = `${adapter} ${createHash('sha256').update(shaders.join()).digest('hex').slice(0, 16)}`;
  const all = (): Record<string, Choices> => {
    try {
      return Object(JSON.parse(readFileSync(path, 'utf8'))) as Record<string, Choices>;
    } catch {
      return {};
    }
  };
  return {
    load: () =>
      Object.fromEntries(Object.entries(Object(all()[key]) as Choices).filter(([, way]) => Number.isInteger(way))),
    save(choices) {
      try {
        mkdirSync(dirname(path), { recursive: true });
        const temporary = `${path}.${process.pid}`;
        writeFileSync(temporary, JSON.stringify({ ...all(), [key]: choices }));
        renameSync(temporary, path);
      } catch {
        // for example a read-only home
      }
    },
  };
}
