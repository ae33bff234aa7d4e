import { BertrandError } from '../../error.ts';
import { SPECIAL_TOKENS } from './specialTokens.ts';

/** The lines of a text but for empty ones at its end. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.slice(0, 1 + lines.findLastIndex((line) => line !== ''));
}

/** Whether a file's text is BERT's vocab.txt: one token a line, the special ones among them. */
export function isVocabulary(text: string): boolean {
  const lines = new Set(linesOf(text));
  return SPECIAL_TOKENS.every((token) => lines.has(token));
}

/** The tokens of a vocab.txt, each at its id. Throws a BertrandError that names the file (`name`) and the line at fault. */
export function vocabularyTokens(text: string, name: string): string[] {
  const tokens = linesOf(text);
  const lines = new Map<string, number>();
  const fail = (what: string): never => {
    throw new BertrandError(`${name}: ${what}; expected BERT's vocab.txt, one token a line`);
  };
  for (const [i, token] of tokens.entries()) {
    if (token === '') fail(`line ${i + 1} is empty`);
    const first = lines.get(token);
    if (first !== undefined)
      fail(`line ${i + 1} has ${JSON.stringify(token.slice(0, 60))} again (first in line ${first})`);
    lines.set(token, i + 1);
  }
  const missing = SPECIAL_TOKENS.filter((token) => !lines.has(token));
  if (missing.length > 0) fail(`it lacks ${missing.join(', ')}`);
  return tokens;
}
