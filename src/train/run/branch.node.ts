import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointName } from './checkpoint/checkpoint.ts';
import { listCheckpoints } from './checkpoint/readCheckpoint.node.ts';
import { disk, exists } from './disk.node.ts';

/**
 * Sets aside what a run has behind a step from which it is to go on: newer checkpoints go to `checkpoints.N`, and a copy of the
 * metrics to `metrics.N.jsonl`.
 */
export async function setAsideNewer(
  path: string,
  step: number,
  notice: (text: string) => void = () => {},
): Promise<void> {
  const newer = (await listCheckpoints(join(path, 'checkpoints'))).filter((one) => one.step > step).toReversed();
  if (newer.length === 0) return;
  const names = new Set(await readdir(path));
  let number = 1;
  while (names.has(`checkpoints.${number}`) || names.has(`metrics.${number}.jsonl`)) number += 1;
  const metrics = join(path, 'metrics.jsonl');
  if (await exists(metrics)) await copyFile(metrics, join(path, `metrics.${number}.jsonl`));
  const aside = join(path, `checkpoints.${number}`);
  await disk.makeFolderIn(aside);
  // the newest first: what is left at any moment is a run up to some step
  for (const one of newer) await disk.rename(one.path, join(aside, checkpointName(one.step)));
  await disk.syncFolder(aside);
  await disk.syncFolder(path);
  notice(
    `${path}: goes on from step ${step}; what came after it is kept in checkpoints.${number} and metrics.${number}.jsonl`,
  );
}
