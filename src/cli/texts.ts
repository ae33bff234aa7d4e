import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { BertrandError } from '../error.ts';
import { UsageError } from './exit.ts';

/** A text, and where it is from as messages begin with it: empty for one that was typed, else `file:line: `. */
export interface GivenText {
  readonly text: string;
  readonly where: string;
}

/**
 * The text that was typed, or the lines of a file or, for `-`, of the standard input; blank ones are passed over.
 * @throws BertrandError when the file cannot be read, is no UTF-8 or has no lines
 */
export async function givenTexts(text: string | undefined, file: string | undefined): Promise<GivenText[]> {
  if (text !== undefined && file !== undefined)
    throw new UsageError('--file: there is a text as well', { advice: 'leave out one of the two' });
  if (text !== undefined && text !== '-') return [{ text, where: '' }];
  if (text === undefined && file === undefined)
    throw new UsageError('missing: <text>, - for the standard input, or --file; see `bertrand fill-mask --help`');
  const name = file === undefined || file === '-' ? 'standard input' : file;
  const texts = (await decoded(file ?? '-', name))
    .split(/\r?\n/)
    .map((line, i) => ({ text: line, where: `${name}:${i + 1}: ` }))
    .filter(({ text: line }) => line.trim() !== '');
  if (texts.length === 0) throw new BertrandError(`${name}: found no text; expected one a line`);
  return texts;
}

async function decoded(file: string, name: string): Promise<string> {
  try {
    const bytes = await (file === '-' ? buffer(process.stdin) : readFile(file));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const reason = error instanceof TypeError ? 'bytes that are not UTF-8' : (error as Error).message;
    throw new BertrandError(`${name}: cannot be read: ${reason}`, { cause: error });
  }
}
