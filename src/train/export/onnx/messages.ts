import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { concatenated } from '../../../data/bytes/concatenated.ts';
import { encoderOf } from '../../protobuf/encoderOf.ts';
import type { Message as MessageOf } from '../../protobuf/encoderOf.ts';

/** The messages of ONNX that are written here, by the names and numbers of its fields (onnx/onnx.proto, IR version 8). */
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

/** A message as a plain object; what is left out is not written. */
export type Message<M extends keyof typeof messages> = MessageOf<typeof messages, M>;

/** The bytes of a message, or of a part of one; so a large model is written a tensor at a time. */
export const encode = encoderOf('onnx', 'proto3', messages);

/**
 * The part of a ModelProto that is one tensor of its graph with this data. The library would copy the data for each
 * message around it; so it writes all but the data, which then follows.
 */
export function encodeTensor(tensor: Message<'TensorProto'>, data: Uint8Array): [Uint8Array, Uint8Array] {
  const { TensorProto, GraphProto, ModelProto } = messages;
  const before = (number: number, length: number): Uint8Array =>
    new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).finish();
  const inner = concatenated([encode('TensorProto', tensor), before(TensorProto.raw_data[0], data.length)]);
  const middle = concatenated([before(GraphProto.initializer[0], inner.length + data.length), inner]);
  return [concatenated([before(ModelProto.graph[0], middle.length + data.length), middle]), data];
}
