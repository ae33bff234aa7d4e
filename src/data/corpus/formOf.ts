import { BertrandError } from '../../error.ts';
import { signatureOf } from '../bytes/signatures.ts';
import { parseShallowJson } from '../shallowJson.ts';
import { looksLikeJson, looksLikeTable } from './looks.ts';
import { OTHERS } from './otherFormats.ts';

/** The forms in which text is read. */
export type Form = 'text' | 'jsonl' | 'csv' | 'tsv' | 'parquet';

/** What a file that has been unpacked is, and how to say so where its name does not. */
export interface Found {
  readonly form: Form;
  /** That it is taken for something that its name does not say. */
  readonly notice?: string;
}

interface Beginning {
  readonly bytes: Uint8Array;
  /** Whether they are all of the file. */
  readonly whole: boolean;
  /** The file's name in messages. */
  readonly name: string;
  /** What its name ends with, without that of a packing. */
  readonly ending: string;
  /** The field of the texts. */
  readonly field: string;
}

const BY_ENDING: Readonly<Record<string, 'jsonl' | 'csv' | 'tsv'>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  tsv: 'tsv',
};

/** Tells a file's form by its first bytes and its name. Throws a BertrandError that says what to do with one that is not read. */
export function formOf({ bytes, whole, name, ending, field }: Beginning): Found {
  const signature = signatureOf(bytes);
  if (signature === 'parquet') return { form: 'parquet' };
  if (signature) {
    const [what, advice] = OTHERS[signature];
    const twice = signature === 'gzip' || signature === 'zstd' ? ' twice' : '';
    throw new BertrandError(`${name}: ${what}${twice}`, { advice });
  }
  if (ending === 'parquet')
    throw new BertrandError(`${name}: no Parquet file: it does not begin with PAR1`, { advice: 'fetch it again' });
  const named = BY_ENDING[ending];
  if (named === 'jsonl') return { form: named };
  const text = new TextDecoder().decode(bytes);
  if (looksLikeJson(text)) return json(text, name);
  const table = looksLikeTable(text, whole);
  if (named && (!table || table.delimiter === DELIMITERS[named])) return { form: named };
  if (!table) return { form: 'text' };
  const { delimiter, columns } = table;
  if (delimiter !== ',' && delimiter !== '\t')
    throw new BertrandError(`${name}: a table with ${delimiter} between its columns; expected commas or tabs`, {
      advice: `write it as CSV or TSV${PROSE}`,
    });
  const form = delimiter === ',' ? 'csv' : 'tsv';
  if (!columns.includes(field))
    throw new BertrandError(
      `${name}: it looks like ${form.toUpperCase()} with the columns ${columns.slice(0, MOST_NAMED).join(', ')}; expected one named ${field}`,
      { advice: `name the column of the texts in data.field${PROSE}` },
    );
  return { form, notice: `${name} is read as ${form.toUpperCase()}, by what is in it` };
}

const DELIMITERS = { csv: ',', tsv: '\t' } as const;
const PROSE = ', or if it is prose, begin it with an empty line';
const MOST_NAMED = 20;

function json(text: string, name: string): Found {
  const [first] = text.trimStart().split('\n', 1);
  const list = first.startsWith('[');
  if (!list && isObject(first)) return { form: 'jsonl', notice: `${name} is read as JSON Lines, by what is in it` };
  throw new BertrandError(`${name}: JSON, but not one object a line`, {
    advice: `write one object a line: jq -c ${list ? "'.[]'" : '.'} FILE > FILE.jsonl`,
  });
}

/** Whether a line is an object; one that is too long to be seen whole may be. */
function isObject(line: string): boolean {
  try {
    return typeof parseShallowJson(line) === 'object';
  } catch {
    return line.length > LONG;
  }
}

const LONG = 1 << 15;
