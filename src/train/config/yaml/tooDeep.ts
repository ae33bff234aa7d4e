import { Lexer, Parser } from 'yaml';

const DEEPEST = 50;

/** Where YAML begins to nest deeper than any config does, undefined if nowhere: reading such a text would exhaust the stack. */
export function tooDeep(text: string): number | undefined {
  const parser = new Parser();
  for (const token of new Lexer().lex(text)) {
    for (const _ of parser.next(token)); // takes the token in, whatever comes out
    if (parser.stack.length > DEEPEST) return parser.offset;
  }
  return undefined;
}
