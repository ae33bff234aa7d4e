import type { Initializer } from './graph.ts';
import { encode, encodeTensor } from './messages.ts';
import type { Message } from './messages.ts';
import type { OnnxModel } from './modelGraph.ts';

/** Protobuf messages end at 2 GiB, and browsers hold far less in one piece: beyond this weights go to a file of their own. */
const MOST_INSIDE = 2 ** 30;
const ALIGNMENT = 4096; // so that a file of weights may be mapped into memory

/** The files of a model, a tensor at a time: each may be walked through once, in any order. */
export interface OnnxFiles {
  readonly model: Iterable<Uint8Array>;
  /** What goes into the file `NAME_data` next to the model's: undefined where everything fits into the model's own. */
  readonly data: Iterable<Uint8Array> | undefined;
}

/**
 * @param name of the model's file, without folders
 * @param mostInside bytes of weights; if they are more in all, large ones go to a file of their own
 */
export function onnxFiles(onnx: OnnxModel, name: string, mostInside = MOST_INSIDE): OnnxFiles {
  const external = onnx.initializers.reduce((sum, { byteLength }) => sum + byteLength, 0) > mostInside;
  const outside = external ? onnx.initializers.filter(({ byteLength }) => byteLength >= ALIGNMENT) : [];
  const offsets = new Map<Initializer, number>();
  let end = 0;
  for (const initializer of outside) {
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    offsets.set(initializer, offset);
    end = offset + initializer.byteLength;
  }
  return {
    model: modelParts(onnx, `${name}_data`, offsets),
    data: external ? dataParts(outside, offsets) : undefined,
  };
}

function* modelParts(
  { model, initializers }: OnnxModel,
  location: string,
  offsets: ReadonlyMap<Initializer, number>,
): Generator<Uint8Array> {
  yield encode('ModelProto', model);
  for (const initializer of initializers) {
    const tensor = { name: initializer.name, data_type: initializer.type, dims: initializer.dims.map(BigInt) };
    const offset = offsets.get(initializer);
    if (offset === undefined) yield* encodeTensor(tensor, initializer.bytes());
    else {
      const place = elsewhere({ location, offset, length: initializer.byteLength });
      yield encode('ModelProto', { graph: { initializer: [{ ...tensor, ...place }] } });
    }
  }
}

function* dataParts(
  initializers: readonly Initializer[],
  offsets: ReadonlyMap<Initializer, number>,
): Generator<Uint8Array> {
  let end = 0;
  for (const initializer of initializers) {
    const offset = offsets.get(initializer) as number;
    yield new Uint8Array(offset - end);
    yield initializer.bytes();
    end = offset + initializer.byteLength;
  }
}

function elsewhere(entries: Readonly<Record<string, string | number>>): Partial<Message<'TensorProto'>> {
  return {
    data_location: 1,
    external_data: Object.entries(entries).map(([key, value]) => ({ key, value: String(value) })),
  };
}
