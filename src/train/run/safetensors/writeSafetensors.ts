import type { Shape } from '../../../autograd/shape.ts';
import { show, sizeOf } from '../../../autograd/shape.ts';
import { concatenated } from '../../../data/bytes/concatenated.ts';
import { BertrandError } from '../../../error.ts';
import { dtypeOf } from './dtypes.ts';
import type { TensorData } from './dtypes.ts';
import { layOut } from './layOut.ts';

type Tensors = ReadonlyMap<string, { readonly shape: Shape; readonly data: TensorData }>;
type Metadata = Readonly<Record<string, string>>;

/** The bytes of a safetensors file. Equal tensors give equal bytes in any order of the map. */
export function writeSafetensors(tensors: Tensors, metadata: Metadata = {}): Uint8Array {
  return concatenated(safetensorsParts(tensors, metadata));
}

/** The same in parts that stand one behind another: the header, then each tensor's data, which is not copied. */
export function safetensorsParts(tensors: Tensors, metadata: Metadata = {}): Uint8Array[] {
  for (const [name, { shape, data }] of tensors)
    if (sizeOf(shape) !== data.length)
      throw new BertrandError(`safetensors: ${name} has shape ${show(shape)} and ${data.length} elements`);
  const entries = Array.from(tensors, ([name, { shape, data }]) => ({ name, dtype: dtypeOf(data), shape, data }));
  const { header, places } = layOut(entries, metadata);
  return [header, ...places.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}
