import type * as z from 'zod';
import { expectation } from './expectation.ts';
import { jsonSchema, schemaAt } from '../jsonSchema.ts';
import type { JsonSchema } from '../jsonSchema.ts';
import { nearestName } from './nearestName.ts';
import { isMap, join, keysOf } from '../path.ts';
import { shortened } from './shortened.ts';
import type { Place, Problem } from './problems.ts';

/** The paths of the values that a table refuses. */
export function wrongPaths(values: unknown, table: z.ZodType): Set<string> {
  const { error } = table.safeParse(values);
  return new Set(error?.issues.flatMap((issue) => pathsOf(issue, '')));
}

/** Where a value has alternatives, those inside the one with keys if keys were written. */
function pathsOf(issue: z.core.$ZodIssue, below: string): string[] {
  const path = issue.path.reduce<string>((path, key) => join(path, String(key)), below);
  if (issue.code !== 'invalid_union') return [path];
  const inside = issue.errors.find((issues) => issues.every((issue) => issue.path.length > 0));
  return inside ? inside.flatMap((issue) => pathsOf(issue, path)) : [path];
}

/** What is wrong with a value, and the value that would be taken if it were left out. */
export function wrongValue(place: Place, path: string, value: unknown, otherwise: unknown, root = jsonSchema): Problem {
  const schema = schemaAt(path, root) ?? {};
  return {
    place,
    path,
    found: shown(value),
    expected: typeof value === 'string' && value.includes('\0') ? 'a path without NUL' : expectation(schema),
    advice: advice(path, value, schema, otherwise),
  };
}

export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `the text ${JSON.stringify(shortened(value))}`;
  return typeof value === 'object' ? 'keys with values' : `${value as number | boolean}`;
}

const isText = (schema: JsonSchema): boolean => schema.type === 'string' && !schema.enum && schema.const === undefined;
const spokenBooleans: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

function advice(path: string, value: unknown, schema: JsonSchema, otherwise: unknown): string {
  const alternatives = schema.anyOf ?? [schema];
  const takes = (...types: JsonSchema['type'][]): boolean => alternatives.some(({ type }) => types.includes(type));
  if (typeof value === 'string') {
    const names = alternatives.flatMap(
      ({ enum: names, const: name }) => names ?? (typeof name === 'string' ? name : []),
    );
    const near = schema.enum?.length === 1 ? schema.enum[0] : nearestName(value, names);
    if (near) return `write ${near}`;
    if (takes('integer', 'number') && value.trim() !== '' && Number.isFinite(Number(value))) return 'remove the quotes';
    if (takes('boolean') && value.toLowerCase() in spokenBooleans)
      return `write ${spokenBooleans[value.toLowerCase()]}`;
  }
  if (alternatives.some(isText) && (typeof value === 'number' || typeof value === 'boolean')) return 'put it in quotes';
  if (takes('array') && (typeof value === 'string' || typeof value === 'number'))
    return `write [${shortened(String(value))}]`;
  if (path === '') return 'begin with a line like `seed: 42`';
  if (/^\d+$/.test(keysOf(path).at(-1) ?? '')) return 'change or remove it';
  return `change it, or remove it for the default${isMap(otherwise) ? 's' : `, ${JSON.stringify(otherwise)}`}`;
}
