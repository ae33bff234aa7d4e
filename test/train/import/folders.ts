import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bertTokenizerJson } from '../../../src/data/tokenizer/tokenizerJson.ts';
import { toHalves } from '../../../src/kernels/half.ts';
import { readSafetensors } from '../../../src/train/run/safetensors/readSafetensors.ts';
import { goldenFolders } from '../goldenFolders.ts';

export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}
export type RawTensors = ReadonlyMap<string, RawTensor>;

const golden = goldenFolders.find(({ name }) => name === 'tied')?.path as string;

/** The tensors of the folder that PyTorch read, with embeddings shared. */
export function goldenTensors(): Map<string, RawTensor> {
  const { tensors } = readSafetensors(readFileSync(join(golden, 'model.safetensors')), 'golden');
  return new Map(Array.from(tensors, ([name, { shape, data }]) => [name, f32(shape, data as Float32Array)]));
}

export const f32 = (shape: readonly number[], data: Float32Array): RawTensor => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

export function toDtype({ shape, bytes }: RawTensor, dtype: 'F16' | 'BF16'): RawTensor {
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  if (dtype === 'F16') return { dtype, shape, bytes: bytesOf(toHalves(values)).slice(0, 2 * values.length) };
  const upper = Uint16Array.from(new Uint32Array(values.buffer), (word) => word >>> 16); // cut, not rounded
  return { dtype, shape, bytes: bytesOf(upper) };
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** The bytes of a safetensors file of any dtypes. */
export function fileOf(tensors: RawTensors): Buffer {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...Array.from(tensors.values(), ({ bytes }) => bytes)]);
}

/** Writes a folder of Hugging Face's BERT with config.json and tokenizer.json of the golden one, and these files. */
export function bertFolder(path: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  mkdirSync(path, { recursive: true });
  copyFileSync(join(golden, 'config.json'), join(path, 'config.json'));
  const tokens = readFileSync(join(golden, 'vocab.txt'), 'utf8').trimEnd().split('\n');
  writeFileSync(join(path, 'tokenizer.json'), JSON.stringify(bertTokenizerJson(tokens, { lowercase: true })));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

export const goldenConfig = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(golden, 'config.json'), 'utf8')) as Record<string, unknown>;

/** A golden folder's weights, changed or not, as a folder of their own. */
export const tensorFolder = (path: string, tensors: RawTensors): string =>
  bertFolder(path, { 'model.safetensors': fileOf(tensors) });
