import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stepOfName } from './checkpoint.ts';
import type { PassedOver, StoredCheckpoint, StoredModel } from './checkpoint.ts';
import { firstIntact, readCheckpointFiles, readModelFiles, verifyCheckpointFiles } from './checkpointFiles.ts';
import type { CheckpointSource } from './checkpointFiles.ts';
import { exists, explainDisk, readBytes, sha256 } from '../disk.node.ts';

export interface CheckpointPath {
  readonly path: string;
  readonly step: number;
}

/** The checkpoints of a folder, oldest first, intact or not. */
export async function listCheckpoints(folder: string): Promise<CheckpointPath[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw explainDisk(error, `cannot list the checkpoints in ${folder}`, 'check the path of the run');
  });
  return names
    .flatMap((name) => ({ path: join(folder, name), step: stepOfName(name) ?? -1 }))
    .filter(({ step }) => step >= 0)
    .toSorted((a, b) => a.step - b.step);
}

/** Reads a checkpoint; throws a BertrandError that says what is wrong if it is not intact. */
export const readCheckpoint = (path: string): Promise<StoredCheckpoint> => readCheckpointFiles(onDisk(path), sha256);

/** The same without its optimizer, whose file is not looked at. */
export const readModel = (path: string): Promise<StoredModel> => readModelFiles(onDisk(path), sha256);

/** Throws a BertrandError that says what is wrong if the checkpoint is not intact. */
export const verifyCheckpoint = (path: string): Promise<void> => verifyCheckpointFiles(onDisk(path), sha256);

/** The newest intact checkpoint of a folder, and those newer than it that are not intact, each with the reason. */
export const newestIntact = (folder: string): Promise<Newest<StoredCheckpoint>> => newest(folder, readCheckpoint);

/** The same of which the optimizer's files are not looked at. */
export const newestModel = (folder: string): Promise<Newest<StoredModel>> => newest(folder, readModel);

interface Newest<Stored> {
  readonly checkpoint: Stored | undefined;
  readonly passedOver: readonly PassedOver[];
}

async function newest<Stored>(folder: string, read: (path: string) => Promise<Stored>): Promise<Newest<Stored>> {
  for (let attempt = 1; ; attempt++) {
    const newestFirst = (await listCheckpoints(folder)).toReversed();
    const found = await firstIntact(
      newestFirst.map(({ path }) => onDisk(path)),
      ({ path }) => read(path),
    );
    // a run that goes on meanwhile removes old ones: what is gone was not damaged, and a newer one is there
    const there = await Promise.all(found.passedOver.map(({ path }) => exists(path)));
    if (attempt === ATTEMPTS || there.every(Boolean)) return found;
  }
}

const ATTEMPTS = 10;

function onDisk(path: string): CheckpointSource {
  return {
    path,
    async read(name, most) {
      const file = join(path, name);
      try {
        return await readBytes(file, most);
      } catch (error) {
        throw explainDisk(error, `${file}: cannot be read`, 'the checkpoint is not intact');
      }
    },
  };
}
