import { BertrandError } from '../../../../src/error.ts';
import type { PassedOver, StoredCheckpoint } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import { firstIntact, readCheckpointFiles } from '../../../../src/train/run/checkpoint/checkpointFiles.ts';
import { takeApart } from './runFiles.ts';
import type { RunFiles } from './runFiles.ts';
import { sha256 } from './sha256.ts';
import { bytesOf, unzipped } from './zip.ts';
import type { Files } from './zip.ts';

export interface OpenedFiles {
  readonly files: RunFiles;
  readonly checkpoint: StoredCheckpoint;
  readonly passedOver: readonly PassedOver[];
}

/** A run's newest intact checkpoint. Throws a BertrandError if there is none. */
export async function openFiles(all: Files): Promise<OpenedFiles> {
  const files = takeApart(all);
  const { checkpoint, passedOver } = await firstIntact(files.checkpoints, (source) =>
    readCheckpointFiles(source, sha256),
  );
  if (checkpoint) return { files, checkpoint, passedOver };
  throw new BertrandError(`no checkpoint is intact:\n${passedOver.map(({ reason }) => reason).join('\n')}`);
}

/** The same from zips that hold one checkpoint each, newest first. */
export async function openZips(zips: readonly Blob[]): Promise<OpenedFiles> {
  const passedOver: PassedOver[] = [];
  for (const zip of zips)
    try {
      const opened = await openFiles(unzipped(await bytesOf(zip), 'a kept checkpoint'));
      return { ...opened, passedOver: [...passedOver, ...opened.passedOver] };
    } catch (error) {
      if (!(error instanceof BertrandError)) throw error;
      passedOver.push({ path: '', reason: error.message });
    }
  throw new BertrandError(`no checkpoint is intact:\n${passedOver.map(({ reason }) => reason).join('\n')}`);
}
