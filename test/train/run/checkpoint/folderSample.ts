import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CheckpointFolder } from '../../../../src/train/run/checkpoint/checkpointFolder.node.ts';
import { disk } from '../../../../src/train/run/disk.node.ts';
import type { Disk } from '../../../../src/train/run/disk.node.ts';
import { temporaryFolder } from '../../../temporaryFolder.ts';
import { checkpointOf } from '../checkpointSample.ts';

/** The disk without waiting for it, which would make these tests slow. */
export const quick: Disk = {
  ...disk,
  write: async (path, bytes) => writeFileSync(path, bytes),
  syncFolder: async () => {},
};
export const root = temporaryFolder();
let folders = 0;

export async function folderWith(steps: readonly number[], keep = 100): Promise<CheckpointFolder> {
  const folder = new CheckpointFolder(join(root, String(folders++)), keep, quick);
  await folder.prepare();
  for (const step of steps) await folder.save(checkpointOf(step));
  return folder;
}

export function flipBit(file: string, at: number, bit = 0): void {
  const bytes = readFileSync(file);
  assert.ok(at < bytes.length, `${file} has no byte ${at}`);
  bytes[at] ^= 1 << bit;
  writeFileSync(file, bytes);
}
