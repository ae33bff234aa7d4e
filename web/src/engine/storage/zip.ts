import { unzipSync, zipSync } from 'fflate';
import type { UnzipFileInfo, Zippable } from 'fflate';
import { BertrandError } from '../../../../src/error.ts';
import type { PathAndBlob } from '../../protocol.ts';

/** A run's folder as files by their paths. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** The files as one zip. Tensors, which do not get smaller, are only stored. */
export function zipped(files: Files): Uint8Array<ArrayBuffer> {
  const entries: Zippable = {};
  for (const [path, bytes] of files) entries[path] = [bytes, { level: path.endsWith('.safetensors') ? 0 : 6 }];
  return zipSync(entries);
}

/** The most bytes of all of a run's files, unpacked; a browser holds little more. */
const MOST_BYTES = 2 ** 31;
const MOST_FILES = 10_000;

/** Refuses files from outside that are too large, before memory is taken for them: to be called for each file. */
function bound(name: string): (size: number) => void {
  let [files, bytes] = [0, 0];
  return (size) => {
    files += 1;
    bytes += size;
    if (files > MOST_FILES || bytes > MOST_BYTES)
      throw new BertrandError(
        `${name}: ${files > MOST_FILES ? `over ${MOST_FILES} files` : 'over 2 GB when unpacked'}; a page opens no run of that size`,
        { advice: 'leave out all but config.yaml, tokenizer.json, metrics.jsonl and one checkpoint' },
      );
  };
}

export function unzipped(bytes: Uint8Array, name: string): Files {
  const count = bound(name);
  const filter = ({ originalSize }: UnzipFileInfo): boolean => {
    count(originalSize);
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

/** A checkpoint's zip for download, which includes the run's own text. */
export async function withCorpus(zip: Blob, folder: string, corpus: readonly PathAndBlob[]): Promise<Blob> {
  const type = 'application/zip';
  if (corpus.length === 0) return zip.slice(0, zip.size, type);
  const files = new Map(unzipped(await bytesOf(zip), folder));
  for (const { path, blob } of corpus) files.set(`${folder}/corpus/${path}`, await bytesOf(blob));
  return new Blob([zipped(files)], { type });
}

/** What was dropped: one zip is opened. */
export async function filesOf(dropped: readonly PathAndBlob[]): Promise<Files> {
  const [first] = dropped;
  if (dropped.length === 1 && first.path.endsWith('.zip')) {
    bound(first.path)(first.blob.size);
    return unzipped(await bytesOf(first.blob), first.path);
  }
  const count = bound('these files');
  for (const { blob } of dropped) count(blob.size);
  const entries = dropped.map(async ({ path, blob }) => [path.replace(/^\//, ''), await bytesOf(blob)] as const);
  return new Map(await Promise.all(entries));
}

export const bytesOf = async (blob: Blob): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await blob.arrayBuffer());
