import { BertrandError } from '../../../error.ts';
import type { HostTensor } from '../../modelState.ts';
import { readSafetensors } from '../safetensors/readSafetensors.ts';
import { TensorFile } from '../safetensors/tensorFile.ts';
import { writeSafetensors } from '../safetensors/writeSafetensors.ts';
import { stepOfName } from './checkpoint.ts';
import type { Checkpoint, PassedOver, StoredCheckpoint, StoredModel } from './checkpoint.ts';
import { parseState, stateText } from './storedState.ts';
import type { FileRecord, StoredState, Writer } from './storedState.ts';

/** SHA-256 in hexadecimal. */
export type Digest = (bytes: Uint8Array) => Promise<string>;

/** A checkpoint's folder, wherever it is: on a disk, in a zip, in a browser. */
export interface CheckpointSource {
  /** Ends in the folder's name. */
  readonly path: string;
  /** @param most bytes to read: throws a BertrandError where there are more */
  read(name: string, most: number): Promise<Uint8Array>;
}

/** Bytes of state.json, the most that is read: most of them are those of the config. */
const LONGEST_STATE = 2 ** 20;

const [MODEL, OPTIMIZER] = ['model.safetensors', 'optimizer.safetensors'];
const TENSOR_FILES = [MODEL, OPTIMIZER];

/** The files of a checkpoint's folder, one at a time; last state.json, which vouches for the others. */
export async function* checkpointFiles(
  { model, optimizer, state }: Checkpoint,
  writer: Writer,
  digest: Digest,
): AsyncGenerator<{ readonly name: string; readonly bytes: Uint8Array }> {
  const files: Record<string, FileRecord> = {};
  for (const [i, tensors] of [model, optimizer].entries()) {
    const name = TENSOR_FILES[i];
    const bytes = tensors instanceof TensorFile ? tensors.bytes : writeSafetensors(tensors, { format: 'pt' });
    files[name] = { size: bytes.length, sha256: await digest(bytes) };
    yield { name, bytes };
  }
  yield { name: 'state.json', bytes: new TextEncoder().encode(await stateText(state, files, writer)) };
}

/** Reads a checkpoint; throws a BertrandError that says what is wrong if it is not intact. */
export async function readCheckpointFiles(source: CheckpointSource, digest: Digest): Promise<StoredCheckpoint> {
  const stored = await readState(source);
  const [model, optimizer] = await Promise.all(TENSOR_FILES.map((name) => readTensors(source, name, stored, digest)));
  return { path: source.path, state: stored.state, versions: stored.versions, model, optimizer };
}

/** The same without the optimizer's file, which is not looked at. */
export async function readModelFiles(source: CheckpointSource, digest: Digest): Promise<StoredModel> {
  const stored = await readState(source);
  const model = await readTensors(source, MODEL, stored, digest);
  return { path: source.path, state: stored.state, versions: stored.versions, model };
}

/** Throws a BertrandError that says what is wrong if the checkpoint is not intact. */
export async function verifyCheckpointFiles(source: CheckpointSource, digest: Digest): Promise<void> {
  const { files } = await readState(source);
  for (const name of TENSOR_FILES) await readVerified(source, name, files, digest);
}

/** The first that `read` finds intact, and those before it that are not, each with the reason. */
export async function firstIntact<Stored>(
  sources: readonly CheckpointSource[],
  read: (source: CheckpointSource) => Promise<Stored>,
): Promise<{ checkpoint: Stored | undefined; passedOver: PassedOver[] }> {
  const passedOver: PassedOver[] = [];
  for (const source of sources)
    try {
      return { checkpoint: await read(source), passedOver };
    } catch (error) {
      if (!(error instanceof BertrandError)) throw error;
      passedOver.push({ path: source.path, reason: error.message });
    }
  return { checkpoint: undefined, passedOver };
}

async function readState(source: CheckpointSource): Promise<StoredState> {
  const text = new TextDecoder().decode(await source.read('state.json', LONGEST_STATE));
  try {
    const stored = await parseState(text);
    const step = stepOfName(source.path.split(/[/\\]/).at(-1) ?? '');
    if (step !== undefined && step !== stored.state.step) throw new Error(`it is of step ${stored.state.step}`);
    return stored;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BertrandError(`${source.path}/state.json: not intact: ${reason}`);
  }
}

async function readVerified(
  source: CheckpointSource,
  name: string,
  files: StoredState['files'],
  digest: Digest,
): Promise<Uint8Array> {
  const file = `${source.path}/${name}`;
  const expected = Object.hasOwn(files, name) ? files[name] : undefined;
  if (!expected) throw new BertrandError(`${source.path}/state.json: not intact: it does not vouch for ${name}`);
  const bytes = await source.read(name, expected.size);
  if (bytes.length !== expected.size)
    throw new BertrandError(`${file}: not intact: it has ${bytes.length} bytes; ${expected.size} were written`);
  const found = await digest(bytes);
  if (found !== expected.sha256)
    throw new BertrandError(`${file}: not intact: its SHA-256 is ${found}; ${expected.sha256} was written`);
  return bytes;
}

async function readTensors(
  source: CheckpointSource,
  name: string,
  { files }: StoredState,
  digest: Digest,
): Promise<Map<string, HostTensor>> {
  const file = `${source.path}/${name}`;
  const { tensors } = readSafetensors(await readVerified(source, name, files, digest), file);
  return new Map(
    Array.from(tensors, ([name, { dtype, shape, data }]) => {
      if (!(data instanceof Float32Array)) throw new BertrandError(`${file}: tensor ${name} is ${dtype}, not F32`);
      return [name, { shape, data }];
    }),
  );
}
