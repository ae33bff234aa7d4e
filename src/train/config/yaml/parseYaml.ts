import { Composer, Lexer, Parser } from 'yaml';
import type { CST, Document } from 'yaml';

const DEEPEST = 50;

/** Stops parsing early: continuing would exhaust the stack. */
class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super('nested too deep');
    this.offset = offset;
  }
}

/** The documents of a YAML text, at least one; or where it begins to nest deeper than any config does. */
export function parseYaml(text: string): [Document.Parsed, ...Document.Parsed[]] | number {
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  try {
    return [...composer.compose(shallow(text), true, text.length)] as [Document.Parsed, ...Document.Parsed[]];
  } catch (error) {
    if (error instanceof TooDeep) return error.offset;
    throw error;
  }
}

function* shallow(text: string): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}
