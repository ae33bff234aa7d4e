import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BertrandError } from '../../error.ts';
import type { HostTensor } from '../modelState.ts';
import { readSafetensors } from '../safetensors/readSafetensors.ts';
import { stepOfName } from './checkpoint.ts';
import type { PassedOver, StoredCheckpoint } from './checkpoint.ts';
import { explainDisk, readBytes, sha256 } from './disk.node.ts';
import { parseState } from './storedState.node.ts';
import type { StoredState } from './storedState.node.ts';

export const TENSOR_FILES = ['model.safetensors', 'optimizer.safetensors'] as const;

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
export async function readCheckpoint(path: string): Promise<StoredCheckpoint> {
  const { state, versions, files } = await readState(path);
  const [model, optimizer] = await Promise.all(
    TENSOR_FILES.map(async (name) => tensorsOf(join(path, name), await readVerified(path, name, files))),
  );
  return { path, state, versions, model, optimizer };
}

/** Throws a BertrandError that says what is wrong if the checkpoint is not intact. */
export async function verifyCheckpoint(path: string): Promise<void> {
  const { files } = await readState(path);
  for (const name of TENSOR_FILES) await readVerified(path, name, files);
}

/** The newest intact checkpoint of a folder, and those newer than it that are not intact, each with the reason. */
export async function newestIntact(
  folder: string,
): Promise<{ checkpoint: StoredCheckpoint | undefined; passedOver: PassedOver[] }> {
  const passedOver: PassedOver[] = [];
  for (const { path } of (await listCheckpoints(folder)).toReversed())
    try {
      return { checkpoint: await readCheckpoint(path), passedOver };
    } catch (error) {
      if (!(error instanceof BertrandError)) throw error;
      passedOver.push({ path, reason: error.message });
    }
  return { checkpoint: undefined, passedOver };
}

async function readState(path: string): Promise<StoredState> {
  const file = join(path, 'state.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw explainDisk(error, `${file}: cannot be read`, 'the checkpoint is not intact');
  });
  try {
    const stored = parseState(text);
    const step = stepOfName(basename(path));
    if (step !== undefined && step !== stored.state.step) throw new Error(`it is of step ${stored.state.step}`);
    return stored;
  } catch (error) {
    throw new BertrandError(`${file}: not intact: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readVerified(path: string, name: string, files: StoredState['files']): Promise<Uint8Array> {
  const file = join(path, name);
  const bytes = await readBytes(file).catch((error: unknown) => {
    throw explainDisk(error, `${file}: cannot be read`, 'the checkpoint is not intact');
  });
  const expected = files[name];
  if (bytes.length !== expected.size)
    throw new BertrandError(`${file}: not intact: it has ${bytes.length} bytes; ${expected.size} were written`);
  const found = await sha256(bytes);
  if (found !== expected.sha256)
    throw new BertrandError(`${file}: not intact: its SHA-256 is ${found}; ${expected.sha256} was written`);
  return bytes;
}

function tensorsOf(file: string, bytes: Uint8Array): Map<string, HostTensor> {
  const { tensors } = readSafetensors(bytes, file);
  return new Map(
    Array.from(tensors, ([name, { dtype, shape, data }]) => {
      if (!(data instanceof Float32Array)) throw new BertrandError(`${file}: tensor ${name} is ${dtype}, not F32`);
      return [name, { shape, data }];
    }),
  );
}
