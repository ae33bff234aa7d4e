import { createFileRegistry, create, toBinary } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

/** Messages by their names: each field has its number and its type, a scalar or a message; `*` marks what may come many times. */
export type Messages = Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>>;

type ScalarOf = { int64: bigint; int32: number; float: number; double: number; string: string; bytes: Uint8Array };
type Field<All extends Messages, T> = T extends `${infer One}*`
  ? readonly Field<All, One>[]
  : T extends keyof ScalarOf
    ? ScalarOf[T]
    : T extends keyof All
      ? Message<All, T>
      : never;
/** A message as a plain object; what is left out is not written. */
export type Message<All extends Messages, M extends keyof All> = {
  readonly [F in keyof All[M]]?: All[M][F] extends readonly [number, infer T] ? Field<All, T> : never;
};

const scalars: Readonly<Record<string, Type>> = {
  int64: Type.INT64,
  int32: Type.INT32,
  float: Type.FLOAT,
  double: Type.DOUBLE,
  string: Type.STRING,
  bytes: Type.BYTES,
};

/** Gives the bytes of a message, or of a part of one: by protobuf's rules parts that stand one behind another are one message. */
export type Encode<All extends Messages> = <M extends keyof All & string>(name: M, part: Message<All, M>) => Uint8Array;

/**
 * Writes messages of protobuf.
 * @param syntax whether a field that is given is written when it is 0 (proto2) or not (proto3)
 */
export function encoderOf<const All extends Messages>(
  packageName: string,
  syntax: 'proto2' | 'proto3',
  messages: All,
): Encode<All> {
  const registry = createFileRegistry(
    create(FileDescriptorSetSchema, {
      file: [
        {
          name: `${packageName}.proto`,
          package: packageName,
          syntax,
          messageType: Object.entries(messages).map(([name, fields]) => ({
            name,
            field: Object.entries(fields).map(([field, [number, kind]]) => {
              const type = kind.replace('*', '');
              return {
                name: field,
                jsonName: field,
                number,
                label: kind.endsWith('*') ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
                type: scalars[type] ?? Type.MESSAGE,
                ...(type in scalars ? {} : { typeName: `.${packageName}.${type}` }),
              };
            }),
          })),
        },
      ],
    }),
  );
  return (name, part) => {
    const message = registry.getMessage(`${packageName}.${name}`) as DescMessage;
    return toBinary(message, create(message, camelCased(part) as Record<string, unknown>));
  };
}

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
