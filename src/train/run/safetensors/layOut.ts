import type { Shape } from '../../../autograd/shape.ts';
import { sizeOf } from '../../../autograd/shape.ts';
import { BertrandError } from '../../../error.ts';
import { BYTES, LONGEST_HEADER } from './dtypes.ts';
import type { Dtype } from './dtypes.ts';

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
}

/** A safetensors file without its data. */
export interface Layout<Tensor> {
  readonly header: Uint8Array;
  /** In the order of the file, each with the byte behind the header where its data begins. */
  readonly places: readonly (Tensor & { readonly begin: number })[];
  /** Bytes of all data. */
  readonly size: number;
}

/** Lays tensors out in a file, the widest first, so that every one is aligned: the same in whatever order they come. */
export function layOut<Tensor extends Entry>(
  entries: readonly Tensor[],
  metadata: Readonly<Record<string, string>>,
): Layout<Tensor> {
  const sorted = entries.toSorted((a, b) => BYTES[b.dtype] - BYTES[a.dtype] || (a.name < b.name ? -1 : 1));
  let size = 0;
  const places: (Tensor & { readonly begin: number })[] = [];
  const members = Object.keys(metadata).length > 0 ? [member('__metadata__', metadata)] : [];
  for (const entry of sorted) {
    const { name, dtype, shape } = entry;
    if (name === '__metadata__') throw new BertrandError('safetensors: no tensor may be called __metadata__');
    const begin = size;
    size += sizeOf(shape) * BYTES[dtype];
    places.push({ ...entry, begin });
    members.push(member(name, { dtype, shape, data_offsets: [begin, size] }));
  }
  return { header: headerOf(members, entries.length), places, size };
}

const member = (name: string, value: object): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`;

/** Its length in 8 bytes, then JSON, padded with spaces so that the data starts at a multiple of 8. */
function headerOf(members: readonly string[], tensors: number): Uint8Array {
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > LONGEST_HEADER)
    throw new BertrandError(
      `safetensors: ${tensors} tensors need a header of ${length} bytes; ${LONGEST_HEADER} is the most allowed`,
    );
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}
