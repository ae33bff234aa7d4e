import { BertrandError, systemReason } from '../../error.ts';
import { readInput } from '../../data/inputFile.node.ts';
import { UsageError } from '../exit.ts';

/** A text and its origin, as a prefix for messages: empty for a typed text, otherwise `file:line: `. */
export interface GivenText {
  readonly text: string;
  readonly where: string;
}

/**
 * The text that was typed, or the lines of a file or, for `-`, of the standard input; blank lines are skipped.
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
    const bytes = file === '-' ? await standardInput() : readInput(file);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof BertrandError) throw error;
    const reason = error instanceof TypeError ? 'bytes that are not UTF-8' : (systemReason(error) ?? String(error));
    throw new BertrandError(`${name}: cannot be read: ${reason}`, { cause: error });
  }
}

const MOST_INPUT = 2 ** 28;

/** All of the standard input. Throws a BertrandError if it does not end within 256 MiB. */
async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_INPUT)
      throw new BertrandError(`standard input: more than ${MOST_INPUT} bytes`, { advice: 'ask in several parts' });
  }
  return Buffer.concat(chunks);
}
