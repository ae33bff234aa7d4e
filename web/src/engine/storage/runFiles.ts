import { unzipSync, zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import { BertrandError } from '../../../../src/error.ts';
import { stepOfName } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import type { CheckpointSource } from '../../../../src/train/run/checkpoint/checkpointFiles.ts';
import type { PathAndBlob } from '../../protocol.ts';

/** A run's folder as files by their paths. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A run's folder, taken apart. */
export interface RunFiles {
  readonly config: string;
  readonly tokenizer: string;
  /** Lines of JSON; empty where the file is missing. */
  readonly metrics: string;
  /** Newest first. */
  readonly checkpoints: readonly CheckpointSource[];
  readonly corpus: readonly PathAndBlob[];
}

/** The files as one zip. Tensors, which do not get smaller, are only stored. */
export function zipped(files: Files): Uint8Array<ArrayBuffer> {
  const entries: Zippable = {};
  for (const [path, bytes] of files) entries[path] = [bytes, { level: path.endsWith('.safetensors') ? 0 : 6 }];
  return zipSync(entries);
}

/** How many times a zip may grow: text that repeats itself does so fifty times, a zip made to fill the memory a thousand. */
const MOST_GROWTH = 100;
/** Bytes that any zip may unpack to. */
const SMALL = 2 ** 24;

/** The files of a zip. Throws a BertrandError if it is not intact, or would take more memory than its size warrants. */
export function unzipped(bytes: Uint8Array, name: string): Files {
  let size = 0;
  const filter = ({ originalSize }: { readonly originalSize: number }): boolean => {
    size += originalSize;
    if (size > SMALL + MOST_GROWTH * bytes.length)
      throw new BertrandError(`${name}: it would unpack to more than ${MOST_GROWTH} times its size`);
    return true;
  };
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter })));
  } catch (error) {
    if (error instanceof BertrandError) throw error;
    throw new BertrandError(
      `${name}: not an intact .zip file: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What was dropped: one zip is opened. */
export async function filesOf(dropped: readonly PathAndBlob[]): Promise<Files> {
  const [first] = dropped;
  if (dropped.length === 1 && first.path.endsWith('.zip')) return unzipped(await bytesOf(first.blob), first.path);
  const entries = dropped.map(async ({ path, blob }) => [path.replace(/^\//, ''), await bytesOf(blob)] as const);
  return new Map(await Promise.all(entries));
}

export const bytesOf = async (blob: Blob): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await blob.arrayBuffer());

/** Finds a run among files: where config.yaml is. Throws a BertrandError that says what is missing. */
export function takeApart(files: Files): RunFiles {
  const configPath = [...files.keys()].find((path) => /(^|\/)config\.yaml$/.test(path));
  if (configPath === undefined)
    throw new BertrandError(
      "there is no config.yaml among these files; expected a run's folder (config.yaml, tokenizer.json, checkpoints/) or its .zip",
    );
  const folder = configPath.slice(0, -'config.yaml'.length);
  const text = (name: string): string | undefined => {
    const bytes = files.get(folder + name);
    return bytes && new TextDecoder().decode(bytes);
  };
  const tokenizer = text('tokenizer.json');
  if (tokenizer === undefined)
    throw new BertrandError(`${folder}tokenizer.json is missing`, { advice: 'add it to the files' });
  const states = [...files.keys()].filter((path) => path.startsWith(folder) && path.endsWith('state.json'));
  const checkpoints = states
    .map((path) => source(files, path.slice(0, -'/state.json'.length)))
    .toSorted((a, b) => stepOf(b) - stepOf(a));
  if (checkpoints.length === 0)
    throw new BertrandError(`${folder}checkpoints/ has no checkpoint with a state.json`, {
      advice: 'add one to the files',
    });
  const corpus = [...files].filter(([path]) => path.startsWith(`${folder}corpus/`) && !path.endsWith('/'));
  return {
    config: text('config.yaml') ?? '',
    tokenizer,
    metrics: text('metrics.jsonl') ?? '',
    checkpoints,
    corpus: corpus.map(([path, bytes]) => ({
      path: path.slice(folder.length + 'corpus/'.length),
      blob: new Blob([bytes as Uint8Array<ArrayBuffer>]),
    })),
  };
}

const stepOf = ({ path }: CheckpointSource): number => stepOfName(path.split('/').at(-1) ?? '') ?? -1;

function source(files: Files, path: string): CheckpointSource {
  return {
    path,
    read(name) {
      const bytes = files.get(`${path}/${name}`);
      if (bytes) return Promise.resolve(bytes);
      return Promise.reject(new BertrandError(`${path}/${name}: missing; the checkpoint is not intact`));
    },
  };
}

/** Files by their last names, made different, in the order in which the command line finds them. */
export function flatNames(files: readonly PathAndBlob[]): PathAndBlob[] {
  const taken = new Set<string>();
  const named = files.map(({ path, blob }) => {
    const name =
      (path.split('/').at(-1) ?? '').replaceAll(/[\\:*?"<>|[\]{}()!]/g, '-').replace(/^\.+/, '') || 'text.txt';
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${number}-${name}`;
    taken.add(free);
    return { path: free, blob };
  });
  return named.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
