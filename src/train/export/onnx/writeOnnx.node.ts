import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Initializer } from './graph.ts';
import { encodeModel } from './messages.ts';
import type { Message } from './messages.ts';
import type { OnnxModel } from './modelGraph.ts';

/** Protobuf messages end at 2 GiB, and browsers hold far less in one piece: beyond this weights go to a file of their own. */
const MOST_INSIDE = 2 ** 30;
const ALIGNMENT = 4096; // so that a file of weights may be mapped into memory

/**
 * Writes a model to `path`, a tensor at a time; weights above 1 GiB in all go to `path` + `_data` beside it.
 * @returns the bytes written, and whether there is a second file
 */
export async function writeOnnx(
  { model, initializers }: OnnxModel,
  path: string,
  mostInside = MOST_INSIDE,
): Promise<{ bytes: number; external: boolean }> {
  const external = initializers.reduce((sum, { byteLength }) => sum + byteLength, 0) > mostInside;
  const file = await open(path, 'wx');
  const data = external ? await open(`${path}_data`, 'wx') : undefined;
  let [bytes, end] = [0, 0];
  const append = async (part: Message<'ModelProto'>): Promise<void> => {
    const encoded = encodeModel(part);
    await file.write(encoded);
    bytes += encoded.length;
  };
  try {
    await append(model);
    for (const initializer of initializers) {
      const { dims, type, name, byteLength } = initializer;
      const tensor = { name, data_type: type, dims: dims.map(BigInt) };
      if (data && byteLength >= ALIGNMENT) {
        const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
        await data.write(initializer.bytes(), 0, byteLength, offset);
        end = offset + byteLength;
        await append({ graph: { initializer: [{ ...tensor, ...place(initializer, path, offset) }] } });
      } else await append({ graph: { initializer: [{ ...tensor, raw_data: initializer.bytes() }] } });
    }
    await file.sync();
    await data?.sync();
  } finally {
    await file.close();
    await data?.close();
  }
  return { bytes: bytes + end, external };
}

function place({ byteLength }: Initializer, path: string, offset: number): Partial<Message<'TensorProto'>> {
  const entries = { location: `${basename(path)}_data`, offset, length: byteLength };
  return {
    data_location: 1,
    external_data: Object.entries(entries).map(([key, value]) => ({ key, value: String(value) })),
  };
}
