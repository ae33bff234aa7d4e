import type { Shape } from '../../../autograd/shape.ts';
import { show, sizeOf } from '../../../autograd/shape.ts';
import { concatenated } from '../../../data/bytes/concatenated.ts';
import { BertrandError } from '../../../error.ts';
import { BYTES, dtypeOf, LONGEST_HEADER } from './dtypes.ts';
import type { TensorData } from './dtypes.ts';

type Tensors = ReadonlyMap<string, { readonly shape: Shape; readonly data: TensorData }>;
type Metadata = Readonly<Record<string, string>>;

/** The bytes of a safetensors file. Equal tensors give equal bytes in any order of the map. */
export function writeSafetensors(tensors: Tensors, metadata: Metadata = {}): Uint8Array {
  return concatenated(safetensorsParts(tensors, metadata));
}

/** The same in parts that stand one behind another: the header, then each tensor's data, which is not copied. */
export function safetensorsParts(tensors: Tensors, metadata: Metadata = {}): Uint8Array[] {
  const sorted = [...tensors].toSorted(
    ([a, { data: x }], [b, { data: y }]) => y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  ); // the widest first, so that every tensor is aligned
  let size = 0;
  const entries = sorted.map(([name, { shape, data }]): [string, object] => {
    if (name === '__metadata__') throw new BertrandError('safetensors: no tensor may be called __metadata__');
    if (sizeOf(shape) !== data.length)
      throw new BertrandError(`safetensors: ${name} has shape ${show(shape)} and ${data.length} elements`);
    const begin = size;
    const dtype = dtypeOf(data);
    size += data.length * BYTES[dtype];
    return [name, { dtype, shape, data_offsets: [begin, size] }];
  });
  const header = encodeHeader(Object.keys(metadata).length > 0 ? [['__metadata__', metadata], ...entries] : entries);
  return [header, ...sorted.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

/** Its length in 8 bytes, then JSON, padded with spaces so that the data starts at a multiple of 8. */
function encodeHeader(entries: readonly (readonly [string, object])[]): Uint8Array {
  const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > LONGEST_HEADER)
    throw new BertrandError(
      `safetensors: ${entries.length} tensors need a header of ${length} bytes; ${LONGEST_HEADER} is the most allowed`,
    );
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}
