import type { JsonSchema } from '../jsonSchema.ts';

/** In words, what the table expects: `a whole number of at least 1`. */
export function expectation(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map((one) => one.description ?? expectation(one)).join(', or ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return oneOf(schema.enum);
  switch (schema.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'array':
      return listOf(schema);
    case 'object':
      return `keys with values (${Object.keys(schema.properties ?? {}).join(', ')})`;
    default:
      return schema.maxLength === undefined ? 'a text' : `a text of 1 to ${schema.maxLength} characters`;
  }
}

export function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function listOf({ items, minItems = 0 }: JsonSchema): string {
  if (Array.isArray(items)) return `a list of ${items.length}, each ${expectation((items as JsonSchema[])[0])}`;
  return `a list of ${minItems > 0 ? `at least ${minItems}, each ` : ''}${expectation(items as JsonSchema)}`;
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const bounds = [
    minimum !== undefined && `of at least ${minimum}`,
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    maximum !== undefined && `at most ${maximum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
  ].filter((bound) => bound !== false);
  return bounds.length > 0 ? ` ${bounds.join(' and ')}` : '';
}
