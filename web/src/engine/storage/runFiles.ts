import { BertrandError } from '../../../../src/error.ts';
import { stepOfName } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import type { CheckpointSource } from '../../../../src/train/run/checkpoint/checkpointFiles.ts';
import type { PathAndBlob } from '../../protocol.ts';
import type { Files } from './zip.ts';

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
    async read(name, most) {
      const bytes = files.get(`${path}/${name}`);
      if (!bytes) throw new BertrandError(`${path}/${name}: missing; the checkpoint is not intact`);
      if (bytes.length > most)
        throw new BertrandError(
          `${path}/${name}: ${bytes.length} bytes where ${most} are expected; the checkpoint is not intact`,
        );
      return bytes;
    },
  };
}
