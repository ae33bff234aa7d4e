import * as z from 'zod';
import { join, keysOf } from './path.ts';
import { table } from './table/table.ts';

/** The part of JSON Schema that the table uses. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxLength?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly const?: string | number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** A table as a JSON Schema (draft 7, which editors know) of what people may write. */
export const schemaOf = (title: string, table: z.ZodType): JsonSchema =>
  ({
    title,
    ...z.toJSONSchema(table, {
      io: 'input',
      target: 'draft-7',
      override: ({ jsonSchema }) => {
        if (jsonSchema.type !== 'integer' && JSON.stringify(jsonSchema.default) === '{}') delete jsonSchema.default;
      },
    }),
  }) as JsonSchema;

/** What may stand in a config of pretraining. */
export const jsonSchema = schemaOf('Bertrand: a pretraining run', table);

/** What the table says of the key at a path, undefined where it has none. */
export function schemaAt(path: string, root = jsonSchema): JsonSchema | undefined {
  return keysOf(path).reduce<JsonSchema | undefined>((schema, key) => {
    const { properties, items = schema?.anyOf?.find((one) => one.items)?.items } = sectionOf(schema) ?? schema ?? {};
    if (properties) return Object.hasOwn(properties, key) ? properties[key] : undefined;
    return Array.isArray(items) ? (items as JsonSchema[])[Number(key)] : (items as JsonSchema | undefined);
  }, root);
}

/** The keys that may stand below a path, undefined where none may. */
export function keysAt(path: string, root = jsonSchema): string[] | undefined {
  const { properties } = sectionOf(schemaAt(path, root)) ?? {};
  return properties && Object.keys(properties);
}

/** The paths of all keys, sections included. */
export function* allPaths(path = '', root = jsonSchema): Generator<string> {
  for (const key of keysAt(path, root) ?? []) {
    yield join(path, key);
    yield* allPaths(join(path, key), root);
  }
}

/** The alternatives that have keys, as one with the keys of all. */
function sectionOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  const sections = schema?.anyOf?.filter(({ properties }) => properties);
  if (!sections?.[0]) return schema?.anyOf ? undefined : schema;
  return {
    ...sections[0],
    properties: Object.assign({}, ...sections.map(({ properties }) => properties)) as Record<string, JsonSchema>,
  };
}
