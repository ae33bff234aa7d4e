/** One object of a file: a line of JSONL, a record of CSV or TSV, a line of plain text. */
export interface Row {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where it stands, as messages begin with it: `file:line`. */
  readonly where: string;
}

export const rowFormats = ['jsonl', 'csv', 'tsv', 'lines'] as const;
/** `lines`: each line is a text. */
export type RowFormat = (typeof rowFormats)[number];

/** The only field of plain lines. */
export const LINE = 'text';
