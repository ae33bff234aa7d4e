import { createFileRegistry, create, toBinary } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

/*
 * The messages of ONNX that are written here, by the names and numbers of its fields (onnx/onnx.proto, IR version 8).
 * `*` marks what may come many times.
 */
const messages = {
  ModelProto: {
    ir_version: [1, 'int64'],
    producer_name: [2, 'string'],
    producer_version: [3, 'string'],
    graph: [7, 'GraphProto'],
    opset_import: [8, 'OperatorSetIdProto*'],
    metadata_props: [14, 'StringStringEntryProto*'],
  },
  OperatorSetIdProto: { domain: [1, 'string'], version: [2, 'int64'] },
  GraphProto: {
    node: [1, 'NodeProto*'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto*'],
    input: [11, 'ValueInfoProto*'],
    output: [12, 'ValueInfoProto*'],
  },
  NodeProto: {
    input: [1, 'string*'],
    output: [2, 'string*'],
    name: [3, 'string'],
    op_type: [4, 'string'],
    attribute: [5, 'AttributeProto*'],
  },
  AttributeProto: {
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    ints: [8, 'int64*'],
    type: [20, 'int32'],
  },
  TensorProto: {
    dims: [1, 'int64*'],
    data_type: [2, 'int32'],
    name: [8, 'string'],
    raw_data: [9, 'bytes'],
    external_data: [13, 'StringStringEntryProto*'],
    data_location: [14, 'int32'],
  },
  StringStringEntryProto: { key: [1, 'string'], value: [2, 'string'] },
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto'] },
  TypeProto: { tensor_type: [1, 'TensorTypeProto'] },
  TensorTypeProto: { elem_type: [1, 'int32'], shape: [2, 'TensorShapeProto'] },
  TensorShapeProto: { dim: [1, 'DimensionProto*'] },
  DimensionProto: { dim_value: [1, 'int64'], dim_param: [2, 'string'] },
} as const;

type MessageName = keyof typeof messages;
type ScalarOf = { int64: bigint; int32: number; float: number; string: string; bytes: Uint8Array };
type Field<T> = T extends `${infer One}*`
  ? readonly Field<One>[]
  : T extends keyof ScalarOf
    ? ScalarOf[T]
    : T extends MessageName
      ? Message<T>
      : never;
/** A message as a plain object; what is left out is not written. */
export type Message<M extends MessageName> = {
  readonly [F in keyof (typeof messages)[M]]?: (typeof messages)[M][F] extends readonly [number, infer T]
    ? Field<T>
    : never;
};

const scalars: Readonly<Record<string, Type>> = {
  int64: Type.INT64,
  int32: Type.INT32,
  float: Type.FLOAT,
  string: Type.STRING,
  bytes: Type.BYTES,
};

const registry = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [
      {
        name: 'onnx.proto',
        package: 'onnx',
        syntax: 'proto3',
        messageType: Object.entries(messages).map(([name, fields]) => ({
          name,
          field: Object.entries(fields as Record<string, readonly [number, string]>).map(([field, [number, kind]]) => {
            const type = kind.replace('*', '');
            return {
              name: field,
              jsonName: field,
              number,
              label: kind.endsWith('*') ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
              type: scalars[type] ?? Type.MESSAGE,
              ...(type in scalars ? {} : { typeName: `.onnx.${type}` }),
            };
          }),
        })),
      },
    ],
  }),
);

/**
 * The bytes of a message, or of a part of one: by protobuf's rules parts that stand one behind another are one message,
 * whose lists are joined and whose inner messages are merged. So a large model is written a tensor at a time.
 */
export function encode<M extends MessageName>(name: M, part: Message<M>): Uint8Array {
  const message = registry.getMessage(`onnx.${name}`) as DescMessage;
  return toBinary(message, create(message, camelCased(part) as Record<string, unknown>));
}

/**
 * The part of a ModelProto that is one tensor of its graph with this data. The library would copy the data for each
 * message around it; so it writes all but the data, which then follows.
 */
export function encodeTensor(tensor: Message<'TensorProto'>, data: Uint8Array): [Uint8Array, Uint8Array] {
  const { TensorProto, GraphProto, ModelProto } = messages;
  const before = (number: number, length: number): Uint8Array =>
    new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).finish();
  const inner = joined(encode('TensorProto', tensor), before(TensorProto.raw_data[0], data.length));
  const middle = joined(before(GraphProto.initializer[0], inner.length + data.length), inner);
  return [joined(before(ModelProto.graph[0], middle.length + data.length), middle), data];
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Field names as the library has them in objects. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(inner),
    ]),
  );
}
