import type { Shape } from '../../../autograd/shape.ts';
import { show, sizeOf } from '../../../autograd/shape.ts';
import { BertrandError } from '../../../error.ts';
import { BYTES, decode, isDtype, LONGEST_HEADER } from './dtypes.ts';
import type { Dtype, TensorData } from './dtypes.ts';
import { parseJson } from './parseJson.ts';

/** A tensor of a file. */
export interface StoredTensor {
  /** The dtype in the file; I64, F16 and BF16 are read into a Float32Array. */
  readonly dtype: Dtype;
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** The numbers, row by row. */
  readonly data: TensorData;
}

/** What a safetensors file holds. */
export interface Safetensors {
  /** Tensors by their names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Texts by their names. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Where a tensor is in its file: its bytes from `begin` to before `end`. */
export interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a file of the safetensors format (https://github.com/huggingface/safetensors).
 * @param source the file's name for messages
 * Throws a BertrandError for anything the format does not allow.
 */
export function readSafetensors(bytes: Uint8Array, source: string): Safetensors {
  const { entries, metadata } = readLayout(bytes, bytes.length, source);
  return {
    tensors: new Map(
      entries.map(({ name, dtype, shape, begin, end }) => [
        name,
        { dtype, shape, data: decode(dtype, bytes.subarray(begin, end)) },
      ]),
    ),
    metadata,
  };
}

/** How many bytes at a file's beginning are its header, as the first 8 of them tell. */
export function headerEnd(bytes: Uint8Array): number {
  return bytes.length < 8 ? bytes.length : 8 + Number(headerLength(bytes));
}

const headerLength = (bytes: Uint8Array): bigint => new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);

/**
 * What a file of `size` bytes holds, all of whose layout is checked.
 * @param head its beginning, up to at least `headerEnd`
 * Throws as `readSafetensors` does.
 */
export function readLayout(
  head: Uint8Array,
  size: number,
  source: string,
): { readonly entries: readonly Entry[]; readonly metadata: Safetensors['metadata'] } {
  const refuse = (problem: string): never => {
    throw new BertrandError(`${source}: not an intact safetensors file: ${problem}`);
  };
  const { header, dataStart } = readHeader(head, size, refuse);
  const { __metadata__: metadata, ...entries } = header;
  const found = Object.entries(entries).map(([name, value]) => readEntry(name, value, refuse));
  checkLayout(found, size - dataStart, refuse);
  return {
    entries: found.map(({ begin, end, ...entry }) => ({ ...entry, begin: dataStart + begin, end: dataStart + end })),
    metadata: readMetadata(metadata, refuse),
  };
}

type Refuse = (problem: string) => never;

function readHeader(
  bytes: Uint8Array,
  size: number,
  refuse: Refuse,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) return refuse(`it has ${bytes.length} bytes, and the length of its header alone takes 8`);
  const length = headerLength(bytes);
  if (length > LONGEST_HEADER)
    return refuse(`its header claims ${length} bytes; the most allowed is ${LONGEST_HEADER}`);
  const dataStart = 8 + Number(length);
  if (dataStart > size) return refuse(`its header claims ${length} bytes, and ${size - 8} are left`);
  if (bytes[8] !== 0x7b) return refuse('its header does not begin with {');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, dataStart));
    return { header: parseJson(text) as Record<string, unknown>, dataStart }; // an object: it begins with {
  } catch (error) {
    return refuse(`its header is no proper JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readEntry(name: string, value: unknown, refuse: Refuse): Entry {
  const label = `tensor ${shown(name)}`;
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  if (!isDtype(dtype))
    return refuse(`${label} has dtype ${shown(dtype)}; ${Object.keys(BYTES).join(', ')} can be read`);
  if (!isNumbers(shape)) return refuse(`${label} has no shape that is a list of sizes`);
  if (!isNumbers(offsets) || offsets.length !== 2) return refuse(`${label} has no data_offsets [begin, end]`);
  const [begin, end] = offsets;
  const size = sizeOf(shape) * BYTES[dtype];
  if (!Number.isSafeInteger(size))
    return refuse(`${label} with shape ${show(shape).slice(0, 200)} is larger than can be counted`);
  if (size !== end - begin)
    return refuse(
      `${label}, ${dtype} of shape ${show(shape).slice(0, 200)}, takes ${size} bytes; its offsets give it ${end - begin}`,
    );
  return { name, dtype, shape, begin, end };
}

/** Tensors follow each other without holes or overlaps from the first byte of the data to the last. */
function checkLayout(entries: readonly Entry[], size: number, refuse: Refuse): void {
  let expected = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== expected)
      refuse(`tensor ${shown(name)} begins at byte ${begin} of the data; the one before ends at ${expected}`);
    expected = end;
  }
  if (expected !== size) refuse(`its tensors take ${expected} bytes of data, and ${size} are there`);
}

function readMetadata(metadata: unknown, refuse: Refuse): ReadonlyMap<string, string> {
  if (metadata === undefined) return new Map();
  if (!isObject(metadata)) return refuse('its __metadata__ is no object');
  for (const [key, value] of Object.entries(metadata))
    if (typeof value !== 'string') return refuse(`__metadata__ has no text under ${shown(key)}`);
  return new Map(Object.entries(metadata) as [string, string][]);
}

/** A value from the file, or its beginning. */
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 200);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');
