import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Alias, Document, ParsedNode, YAMLError } from 'yaml';
import { keysAt } from '../jsonSchema.ts';
import { join } from '../path.ts';
import type { Place, Problem } from '../problems/problems.ts';
import { tooDeep } from './tooDeep.ts';
import { unknownKey } from '../problems/unknownKey.ts';

/** What was written: plain values, and where each stands. */
export interface Written {
  readonly values: unknown;
  /** By path. */
  readonly places: ReadonlyMap<string, Place>;
  readonly problems: readonly Problem[];
  /** Paths that a misspelt key likely meant. */
  readonly doubtful: readonly string[];
  /** False if the YAML cannot be read at all. */
  readonly readable: boolean;
}

const MOST_ALIASES = 100;
/** After the first few the rest mostly follow from them. */
const MOST_SYNTAX_ERRORS = 5;

/** Reads YAML whose value stands at `path` of the config; `placeOf` gives the place of an offset into the text. */
export function readYaml(text: string, path: string, placeOf: (offset: number) => Place): Written {
  const deep = tooDeep(text);
  if (deep !== undefined) return unreadable([syntaxProblem('nested too deep', path, placeOf(deep))]);
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  const errors = [...document.errors, ...document.warnings].slice(0, MOST_SYNTAX_ERRORS);
  if (errors.length === 0) return new Reader(document, placeOf).read(path);
  return unreadable(errors.map((error) => syntaxProblem(inWords(error), path, placeOf(error.pos[0]))));
}

function unreadable(problems: readonly Problem[]): Written {
  return { values: undefined, places: new Map(), problems, doubtful: [], readable: false };
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #placeOf: (offset: number) => Place;
  readonly #places = new Map<string, Place>();
  readonly #problems: Problem[] = [];
  readonly #doubtful: string[] = [];
  #aliases = 0;

  constructor(document: Document.Parsed, placeOf: (offset: number) => Place) {
    this.#document = document;
    this.#placeOf = placeOf;
  }

  read(path: string): Written {
    const values = this.#value(this.#document.contents, path);
    return {
      values,
      places: this.#places,
      problems: this.#problems,
      doubtful: this.#doubtful,
      readable: this.#aliases < MOST_ALIASES,
    };
  }

  #value(node: ParsedNode | null, path: string, place = this.#placeOf(node?.range?.[0] ?? 0)): unknown {
    this.#places.set(path, place);
    if (isAlias(node)) return this.#alias(node, path, place);
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, i) => this.#value(item, join(path, i)));
    return isMap(node) ? this.#map(node.items, path) : null;
  }

  /** Lists and maps that repeat others many times over are refused before they are built. */
  #alias(alias: Alias.Parsed, path: string, place: Place): unknown {
    this.#aliases += 1;
    if (this.#aliases > MOST_ALIASES) return undefined;
    const node = alias.resolve(this.#document) as ParsedNode | undefined;
    if (node && this.#aliases < MOST_ALIASES) return this.#value(node, path, place);
    const found = node
      ? `${MOST_ALIASES} aliases`
      : `the alias *${alias.source}, which no &${alias.source} defines before it`;
    this.#problems.push({ place, path: '', found, expected: 'plain values', advice: 'write the value itself' });
    return undefined;
  }

  #map(pairs: Pairs, path: string): Record<string, unknown> {
    const known = keysAt(path);
    const values: Record<string, unknown> = {};
    if (!known) return values; // a map where none may be is a wrong value, whatever is in it
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const place = this.#placeOf(key?.range[0] ?? 0);
      if (!known.includes(name)) {
        const problem = unknownKey(path, name, place);
        this.#problems.push(problem);
        if (problem.meant !== undefined) this.#doubtful.push(problem.meant);
      } else if (Object.hasOwn(values, name)) {
        const first = this.#places.get(join(path, name));
        this.#problems.push({
          place,
          path: join(path, name),
          found: `it again (first at ${first?.text})`,
          expected: 'each key once',
          advice: 'remove one of the two',
        });
      } else values[name] = this.#value(value, join(path, name), value ? undefined : place);
    }
    return values;
  }
}

type Pairs = readonly { readonly key: ParsedNode | null; readonly value: ParsedNode | null }[];

function inWords({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second config begins here, after --- or ...';
  if (code === 'MULTILINE_IMPLICIT_KEY' || message.startsWith('Implicit map keys')) return 'expected `key: value`';
  if (message.startsWith('Nested mappings'))
    return 'a `key: value` inside the value of another; begin a line of its own';
  return message;
}

function syntaxProblem(what: string, path: string, place: Place): Problem {
  return {
    place,
    path,
    found: `YAML that cannot be read (${what})`,
    expected: path === '' ? 'keys with values like `seed: 42`, those of a section further in' : 'a value in YAML',
    advice: path === '' ? 'correct this line or the one above it' : 'correct it',
  };
}
