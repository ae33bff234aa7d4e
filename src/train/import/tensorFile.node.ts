import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { inspectFile } from '../../data/inputFile.node.ts';
import { BertrandError } from '../../error.ts';
import { explainDisk } from '../run/disk.node.ts';
import { decode, LONGEST_HEADER } from '../run/safetensors/dtypes.ts';
import { headerEnd, readLayout } from '../run/safetensors/readSafetensors.ts';
import type { Entry } from '../run/safetensors/readSafetensors.ts';
import type { AvailableTensor } from './importedModel.ts';

/**
 * The tensors of a safetensors file by name, of which only the header is read: each tensor is when it is asked for.
 * @throws BertrandError when the file cannot be read or is not intact
 */
export async function openTensorFile(path: string): Promise<ReadonlyMap<string, AvailableTensor>> {
  const { head, size } = await inFile(path, async (file) => {
    const { size } = await file.stat();
    const end = headerEnd(await bytesOf(file, 0, Math.min(size, 8)));
    return { head: await bytesOf(file, 0, Math.min(size, end, 8 + LONGEST_HEADER)), size };
  });
  const { entries } = readLayout(head, size, path);
  return new Map(
    entries.map((entry) => [entry.name, { name: entry.name, shape: entry.shape, read: () => read(path, entry) }]),
  );
}

async function read(path: string, { name, dtype, begin, end }: Entry): Promise<Float32Array> {
  const bytes = await inFile(path, (file) => bytesOf(file, begin, end));
  if (bytes.length < end - begin) throw new BertrandError(`${path}: it was changed while it was read`);
  const data = decode(dtype, bytes);
  if (data instanceof Float32Array && dtype !== 'I64') return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  throw new BertrandError(`${path}: ${name} is ${dtype}; expected F32, F16 or BF16`);
}

async function inFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  inspectFile(path);
  try {
    const file = await open(path, 'r');
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainDisk(error, `${path}: cannot be read`, 'check the path');
  }
}

const CHUNK = 2 ** 24;

/** The bytes of a file from `begin` to before `end`, or to where it ends. */
async function bytesOf(file: FileHandle, begin: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - begin);
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK, bytes.length - at), begin + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}
