import { BertrandError } from '../../error.ts';
import { jsonObject } from './jsonObject.ts';
import { nameOf } from '../bytes/fileBytes.node.ts';
import { readLines } from './readLines.node.ts';
import type { Line } from './readLines.node.ts';

/** A text, and the number of its line. */
export type NumberedText = Line;

/** The field of a .jsonl file that holds the text, unless another is named. */
const FIELD = 'text';

/**
 * The texts of a file or, for `-`, of the standard input: its lines, blank ones too, or where it is JSON Lines the given
 * field of each line's object.
 * @param field by default `text` where the file's name ends with .jsonl or .ndjson; of others each line is a text
 * @throws BertrandError when it cannot be read or has no lines, or a line is no object with that field
 */
export async function* readTexts(path: string, field = fieldOf(path)): AsyncGenerator<NumberedText> {
  let lines = 0;
  for await (const { text, number } of readLines(path)) {
    lines = number;
    if (field === undefined) yield { text, number };
    else if (text.trim() !== '') yield { text: textIn(text, field, `${nameOf(path)}:${number}`), number };
  }
  if (lines === 0) throw new BertrandError(`${nameOf(path)}: found no text; expected one a line`);
}

const fieldOf = (path: string): string | undefined => (/\.(?:jsonl|ndjson)$/i.test(path) ? FIELD : undefined);

function textIn(line: string, field: string, where: string): string {
  const found = jsonObject(line, where);
  const text = Object.hasOwn(found, field) ? found[field] : undefined;
  if (typeof text === 'string') return text;
  const names = Object.keys(found).join(', ') || 'no fields';
  const what = text === undefined ? `there is no field ${field}; found ${names}` : `${field} is no text`;
  throw new BertrandError(`${where}: ${what}`, { advice: 'name the field of the texts with --field' });
}
