import { jsonSchema, keysAt, schemaAt } from '../jsonSchema.ts';
import type { JsonSchema } from '../jsonSchema.ts';
import { join, merge } from '../path.ts';
import type { Place, Problem } from '../problems/problems.ts';
import { readYaml } from './readYaml.ts';
import type { Written } from './readYaml.ts';
import { shortened } from '../problems/shortened.ts';
import { unknownKey } from '../problems/unknownKey.ts';

const LONGEST_SHOWN = 80;
/** After every position in the file. */
const AFTER_FILE = 2 ** 40;

/** Adds what each `path=value` says to what was written, the value being YAML; a single text may stand for a list of it. */
export function addSettings(written: Written, settings: readonly string[], schema = jsonSchema): Written {
  const parts = [written, ...settings.map((setting, i) => readSetting(setting, i, schema))];
  return {
    values: parts.map(({ values }) => values).reduce(merge),
    places: new Map(parts.flatMap(({ places }) => [...places])),
    problems: parts.flatMap(({ problems }) => problems),
    untold: parts.reduce((sum, { untold }) => sum + untold, 0),
    doubtful: parts.flatMap(({ doubtful }) => doubtful),
    readable: written.readable,
  };
}

function readSetting(setting: string, index: number, schema: typeof jsonSchema): Written {
  const place: Place = { text: `--set ${shortened(setting, LONGEST_SHOWN)}`, order: AFTER_FILE + index };
  const equals = setting.indexOf('=');
  if (equals < 1) {
    const advice = 'write it like --set train.steps=100';
    return refuse({ place, path: '', found: 'no path and value', expected: 'path=value', advice });
  }
  const path = setting.slice(0, equals).trim();
  const unknown = unknownPart(path, place, schema);
  if (unknown) return refuse(unknown, unknown.meant);
  const value = setting.slice(equals + 1);
  // globs may begin with what YAML takes for something else
  const text =
    isTextList(schemaAt(path, schema)) && !/^\s*(?:\[|\{[^}]*:\s|$)/.test(value) ? JSON.stringify([value]) : value;
  const read = readYaml(text, path, () => place, schema);
  if (!read.readable) return { ...read, values: undefined, doubtful: [path] };
  return { ...read, values: path.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), read.values) };
}

/** Whether a key takes any texts in a list, of which one needs no brackets. */
function isTextList({ type, items }: JsonSchema = {}): boolean {
  const one = Array.isArray(items) ? undefined : (items as JsonSchema | undefined);
  return type === 'array' && one?.type === 'string' && one.enum === undefined;
}

function unknownPart(path: string, place: Place, schema: typeof jsonSchema): ReturnType<typeof unknownKey> | undefined {
  let section = '';
  for (const key of path.split('.')) {
    if (!keysAt(section, schema)?.includes(key)) return unknownKey(section, key, place, schema);
    section = join(section, key);
  }
  return undefined;
}

function refuse(problem: Problem, doubtful?: string): Written {
  return {
    values: undefined,
    places: new Map(),
    problems: [problem],
    untold: 0,
    doubtful: doubtful ? [doubtful] : [],
    readable: true,
  };
}
