import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Document, ParsedNode, YAMLError } from 'yaml';
import { jsonSchema, keysAt } from '../jsonSchema.ts';
import { join } from '../path.ts';
import type { Place, Problem } from '../problems/problems.ts';
import { MOST_TOLD } from '../problems/problems.ts';
import { shortened } from '../problems/shortened.ts';
import { parseYaml } from './parseYaml.ts';
import { unknownKey } from '../problems/unknownKey.ts';

/** What was written: plain values, and where each stands. */
export interface Written {
  readonly values: unknown;
  /** By path. */
  readonly places: ReadonlyMap<string, Place>;
  readonly problems: readonly Problem[];
  /** How many unknown keys there are beyond those among the problems. */
  readonly untold: number;
  /** Paths that a misspelt key likely meant. */
  readonly doubtful: readonly string[];
  /** False if the YAML cannot be read at all. */
  readonly readable: boolean;
}

const MOST_ALIASES = 100;
/** After the first few the rest mostly follow from them. */
/** Items; a list whose every item is wrong must not take seconds to refuse. */
const LONGEST_LIST = 10_000;
const MOST_SYNTAX_ERRORS = 5;
/** The parser's own words may quote all there is. */
const LONGEST_MESSAGE = 200;

/** Reads YAML whose value stands at `path` of the config; `placeOf` gives the place of an offset into the text. */
export function readYaml(text: string, path: string, placeOf: (offset: number) => Place, schema = jsonSchema): Written {
  const documents = parseYaml(text);
  if (typeof documents === 'number') return unreadable([syntaxProblem('nested too deep', path, placeOf(documents))]);
  const [document, second] = documents;
  const errors = leading([...document.errors, ...document.warnings]).slice(0, MOST_SYNTAX_ERRORS);
  const problems = errors.map((error) => syntaxProblem(inWords(error), path, placeOf(error.pos[0])));
  if (second)
    problems.push(syntaxProblem('a second config begins here, after --- or ...', path, placeOf(second.range[0])));
  return problems.length === 0 ? new Reader(document, placeOf, schema).read(path) : unreadable(problems);
}

function unreadable(problems: readonly Problem[]): Written {
  return { values: undefined, places: new Map(), problems, untold: 0, doubtful: [], readable: false };
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #placeOf: (offset: number) => Place;
  readonly #schema: typeof jsonSchema;
  readonly #places = new Map<string, Place>();
  readonly #problems: Problem[] = [];
  readonly #doubtful: string[] = [];
  #aliases = 0;
  #untold = 0;

  constructor(document: Document.Parsed, placeOf: (offset: number) => Place, schema: typeof jsonSchema) {
    this.#document = document;
    this.#schema = schema;
    this.#placeOf = placeOf;
  }

  read(path: string): Written {
    const values = this.#value(this.#document.contents, path);
    return {
      values,
      places: this.#places,
      problems: this.#problems,
      untold: this.#untold,
      doubtful: this.#doubtful,
      readable: this.#aliases < MOST_ALIASES,
    };
  }

  #value(node: ParsedNode | null, path: string, place = this.#placeOf(node?.range?.[0] ?? 0)): unknown {
    this.#places.set(path, place);
    if (isAlias(node)) return this.#alias(node, path, place);
    if (isScalar(node)) return node.value;
    if (isSeq(node))
      return node.items.length > LONGEST_LIST
        ? this.#tooLong(node.items.length, path, place)
        : node.items.map((item, i) => this.#value(item, join(path, i)));
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
      : `the alias *${shortened(alias.source)}, which no &${shortened(alias.source)} defines before it`;
    this.#problems.push({ place, path: '', found, expected: 'plain values', advice: 'write the value itself' });
    return undefined;
  }

  #map(pairs: Pairs, path: string): Record<string, unknown> {
    const known = keysAt(path, this.#schema);
    const values: Record<string, unknown> = {};
    if (!known) return values; // a map where none may be is a wrong value, whatever is in it
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const place = this.#placeOf(key?.range[0] ?? 0);
      if (known.includes(name)) {
        if (!Object.hasOwn(values, name))
          values[name] = this.#value(value, join(path, name), value ? undefined : place);
        else this.#again(join(path, name), place);
      } else if (this.#problems.length < MOST_TOLD) {
        const problem = unknownKey(path, name, place, this.#schema);
        this.#problems.push(problem);
        if (problem.meant !== undefined) this.#doubtful.push(problem.meant);
      } else this.#untold += 1;
    }
    return values;
  }

  #tooLong(length: number, path: string, place: Place): undefined {
    const expected = `at most ${LONGEST_LIST}`;
    this.#problems.push({ place, path, found: `a list of ${length}`, expected, advice: 'name many files by a glob' });
    this.#doubtful.push(path);
  }

  #again(path: string, place: Place): void {
    if (this.#problems.length >= MOST_TOLD) {
      this.#untold += 1;
      return;
    }
    const found = `it again (first at ${this.#places.get(path)?.text})`;
    this.#problems.push({ place, path, found, expected: 'each key once', advice: 'remove one of the two' });
  }
}

type Pairs = readonly { readonly key: ParsedNode | null; readonly value: ParsedNode | null }[];

/** Where a tab stands in place of spaces, what else the parser reports follows from it. */
function leading(errors: readonly YAMLError[]): readonly YAMLError[] {
  const tab = errors.find(({ code }) => code === 'TAB_AS_INDENT');
  return tab ? [tab] : errors;
}

function inWords({ code, message }: YAMLError): string {
  if (code === 'MULTILINE_IMPLICIT_KEY' || message.startsWith('Implicit map keys')) return 'expected `key: value`';
  if (message.startsWith('Nested mappings'))
    return 'a `key: value` inside the value of another; begin a line of its own';
  return shortened(message, LONGEST_MESSAGE);
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
