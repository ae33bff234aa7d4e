import { oneOf } from './expectation.ts';
import { allPaths, jsonSchema, keysAt } from '../jsonSchema.ts';
import { nearestName } from './nearestName.ts';
import { join, keysOf } from '../path.ts';
import { shortened } from './shortened.ts';
import type { Place, Problem } from './problems.ts';

export interface UnknownKey extends Problem {
  /** The path that was likely meant, and so has no value that can be trusted. */
  readonly meant: string | undefined;
}

/** Keys of earlier versions, and what stands for them now. */
const replaced: Readonly<Record<string, string>> = {
  'cpu.blas': 'write cpu.products: wasm for blas: off, or products: auto or the same library',
};

/** The problem of a key that the table does not have below `section`. */
export function unknownKey(section: string, key: string, place: Place, schema = jsonSchema): UnknownKey {
  const known = keysAt(section, schema) ?? [];
  const written = shortened(key);
  const sibling = nearestName(key, known);
  const meant = sibling === undefined ? elsewhere(key, schema) : join(section, sibling);
  return {
    place,
    path: join(section, written),
    found: `the unknown key ${JSON.stringify(written)}`,
    expected: known.length > 0 ? oneOf(known) : `no keys below ${section}`,
    advice:
      replaced[join(section, key)] ??
      (sibling ? `rename it to ${sibling}` : meant ? `write it as ${meant}` : 'remove it'),
    meant,
  };
}

/** The path of the key of that name in another section, ignoring case. */
function elsewhere(key: string, schema: typeof jsonSchema): string | undefined {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');
  return [...allPaths('', schema)].find((path) => plain(keysOf(path).at(-1) ?? '') === plain(key));
}
