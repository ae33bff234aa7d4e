import { checkpointName, stepOfName } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import type { KeptRun, PathAndBlob } from '../../protocol.ts';
import { cacheRoot } from './cacheFolder.ts';

/*
 * The origin's private file system keeps, for each run,
 *     runs/NAME/step-00000100.zip   everything but the corpus, one file for each checkpoint
 *     runs/NAME/corpus/FILE         text that was pasted or dropped
 * A file that is being written shows its new bytes only when it is closed, all at once: a checkpoint is either complete or
 * not there. What a crash leaves is an empty file, which is skipped as not intact. Browsers that have no such file system to write to
 * keep the same in the Cache API.
 */

const hasFiles = (): boolean =>
  'getDirectory' in (navigator.storage ?? {}) &&
  typeof FileSystemFileHandle === 'function' &&
  'createWritable' in FileSystemFileHandle.prototype;

/** The folder at that path, made where it is missing. */
async function folder(...path: readonly string[]): Promise<FileSystemDirectoryHandle> {
  let at = await (hasFiles() ? navigator.storage.getDirectory() : cacheRoot());
  for (const name of ['runs', ...path]) at = await at.getDirectoryHandle(name, { create: true });
  return at;
}

/** Whether this browser keeps files for this page. */
export async function canSaveRuns(): Promise<boolean> {
  try {
    await folder();
    return true;
  } catch {
    return false;
  }
}

async function* entriesOf(at: FileSystemDirectoryHandle): AsyncGenerator<[string, FileSystemHandle]> {
  // This TypeScript's DOM types do not know how to iterate over folders.
  yield* (at as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries();
}

async function write(
  at: FileSystemDirectoryHandle,
  name: string,
  content: Blob | Uint8Array<ArrayBuffer>,
): Promise<void> {
  const file = await at.getFileHandle(name, { create: true });
  const stream = await file.createWritable();
  try {
    await stream.write(content);
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => {});
    throw error;
  }
}

/** What was asked for; undefined where it has been removed since it was listed. */
function unlessGone<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  });
}

/** The steps of a run's checkpoints, newest first, without the empty ones. */
async function stepsOf(at: FileSystemDirectoryHandle): Promise<{ step: number; file: File }[]> {
  const found: { step: number; file: File }[] = [];
  for await (const [name, handle] of entriesOf(at)) {
    const step = stepOfName(name.replace(/\.zip$/, ''));
    if (step === undefined || !name.endsWith('.zip')) continue;
    const file = await unlessGone((handle as FileSystemFileHandle).getFile());
    if (file && file.size > 0) found.push({ step, file });
  }
  return found.toSorted((a, b) => b.step - a.step);
}

/** All runs, the one saved last first; also those of which only the text has been stored so far: it is a person's own. */
export async function keptRuns(): Promise<KeptRun[]> {
  const runs: KeptRun[] = [];
  for await (const [name, handle] of entriesOf(await folder())) {
    const steps = (await unlessGone(stepsOf(handle as FileSystemDirectoryHandle))) ?? [];
    const texts = (await corpusIn(handle as FileSystemDirectoryHandle)).map(({ blob }) => blob);
    const newest = steps.at(0)?.file ?? texts.at(0);
    if (!newest) continue;
    const bytes = [...steps.map(({ file }) => file), ...texts].reduce((sum, { size }) => sum + size, 0);
    runs.push({ name, step: steps.at(0)?.step, bytes, saved: newest.lastModified });
  }
  return runs.toSorted((a, b) => b.saved - a.saved);
}

/** Keeps a checkpoint's zip, and then removes all but the newest `keep` and those of steps that stay. */
export async function keep(
  run: string,
  step: number,
  bytes: Uint8Array<ArrayBuffer>,
  keep: number,
  stays: (step: number) => boolean = () => false,
): Promise<void> {
  const at = await folder(run);
  await write(at, `${checkpointName(step)}.zip`, bytes);
  for (const old of (await stepsOf(at)).slice(keep).filter((old) => !stays(old.step)))
    await at.removeEntry(`${checkpointName(old.step)}.zip`);
}

/** The zips of a run's checkpoints, newest first. */
export const zipsOf = async (run: string): Promise<File[]> =>
  (await stepsOf(await folder(run))).map(({ file }) => file);

export async function keepCorpus(run: string, files: readonly PathAndBlob[]): Promise<void> {
  const at = await folder(run, 'corpus');
  for (const { path, blob } of files) await write(at, path, blob);
}

export async function corpusOf(run: string): Promise<PathAndBlob[]> {
  return corpusIn(await folder(run));
}

/** Makes nothing: a run that has just been removed does not come back because it is looked at. */
async function corpusIn(run: FileSystemDirectoryHandle): Promise<{ path: string; blob: File }[]> {
  const corpus = await unlessGone(run.getDirectoryHandle('corpus'));
  const files: { path: string; blob: File }[] = [];
  if (!corpus) return files;
  for await (const [path, handle] of entriesOf(corpus)) {
    const blob = await unlessGone((handle as FileSystemFileHandle).getFile());
    if (blob) files.push({ path, blob });
  }
  return files;
}

export async function removeRun(run: string): Promise<void> {
  await (await folder()).removeEntry(run, { recursive: true });
}

/** The name itself, or with a number that makes it unique. */
export async function freeName(name: string): Promise<string> {
  const taken = new Set<string>();
  for await (const [other] of entriesOf(await folder())) taken.add(other);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
