import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointName } from './checkpoint/checkpoint.ts';
import { listCheckpoints } from './checkpoint/readCheckpoint.node.ts';
import { disk, exists, freeNumber } from './disk.node.ts';
import { olderMetrics } from './metricsFile.node.ts';

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
  const olderCheckpoints = (number: number): string => `checkpoints.${number}`;
  const number = await freeNumber(path, olderCheckpoints, olderMetrics);
  const metrics = join(path, 'metrics.jsonl');
  if (await exists(metrics)) await copyFile(metrics, join(path, olderMetrics(number)));
  const aside = join(path, olderCheckpoints(number));
  await disk.makeFolderIn(aside);
  // the newest first: what is left at any moment is a run up to some step
  for (const one of newer) await disk.rename(one.path, join(aside, checkpointName(one.step)));
  await disk.syncFolder(aside);
  await disk.syncFolder(path);
  notice(
    `${path}: goes on from step ${step}; what came after it is kept in ${olderCheckpoints(number)} and ${olderMetrics(number)}`,
  );
}
