import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { disk } from './disk.node.ts';

/** What is half removed. */
export const REMOVED = '.removed';

/**
 * Removes what a run has written to its folder, but for config and tokenizer, which the next one replaces. First the metrics: the
 * checkpoints of a run without them can be resumed, while metrics without checkpoints tell of a loss.
 */
export async function removeRun(path: string): Promise<void> {
  const names = await readdir(path);
  const written = names.filter((name) => /^(?:metrics\.|events\.out\.tfevents\.|validation\.|labels\.)/.test(name));
  for (const name of written) await disk.remove(join(path, name));
  await disk.remove(join(path, REMOVED));
  for (const name of names.filter((name) => /^checkpoints(?:\.\d+)?$/.test(name))) {
    await disk.rename(join(path, name), join(path, REMOVED)); // none is ever seen half removed
    await disk.remove(join(path, REMOVED));
  }
  await disk.syncFolder(path);
}
