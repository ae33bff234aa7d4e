import { BertrandError } from '../../error.ts';

/** One object of a file: a line of JSONL, a record of CSV or TSV, a line of plain text. */
export interface Row {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where it stands, as messages begin with it: `file:line`. */
  readonly where: string;
  /** The number of the line on which it begins, from 1 on; of Parquet that of the row. */
  readonly line: number;
}

export const rowFormats = ['jsonl', 'csv', 'tsv', 'lines'] as const;
/** `lines`: each line is a text. */
export type RowFormat = (typeof rowFormats)[number];

/** The only field of plain lines. */
export const LINE = 'text';

/** The value of a field. Throws a BertrandError that names the fields there are if it is none of them. */
export function fieldOf({ fields, where }: Row, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  throw noField(where, name, Object.keys(fields));
}

const MOST_NAMED = 20;
const LONGEST_NAME = 40;

/** That there is no field of that name, and which there are. */
export function noField(where: string, name: string, names: readonly string[]): BertrandError {
  const found = names.slice(0, MOST_NAMED).map((one) => JSON.stringify(one.slice(0, LONGEST_NAME)));
  const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return new BertrandError(
    `${where}: there is no field ${JSON.stringify(name)}; found ${found.join(', ') || 'none'}${rest}`,
    { advice: 'rename the field, or name it in the config under data' },
  );
}

/** That a field's value is not what was expected. */
export function wrongField({ where }: Row, name: string, value: unknown, expected: string): BertrandError {
  const found = JSON.stringify(value) ?? 'nothing';
  return new BertrandError(
    `${where}: ${name}: found ${found.length > 60 ? `${found.slice(0, 60)}...` : found}; expected ${expected}`,
  );
}
