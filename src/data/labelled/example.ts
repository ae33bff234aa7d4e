import { BertrandError } from '../../error.ts';
import { expectIob2 } from './iob2.ts';
import { fieldOf, wrongField } from './row.ts';
import type { Row } from './row.ts';

/** A text to classify, or the words of one. */
export interface Example {
  readonly where: string;
  /** One text or a pair; of a text whose tokens are classified its words. */
  readonly texts: readonly string[];
  /** Its label, or those of its words; undefined where it has none. */
  readonly labels: readonly string[] | undefined;
}

/** The names of the fields. */
export interface SequenceFields {
  readonly text: string;
  /** The second text of pairs. */
  readonly pair: string | undefined;
  readonly label: string;
}
export interface TokenFields {
  readonly tokens: string;
  readonly tags: string;
}

/**
 * Reads a text or a pair with its label.
 * @param labelled whether the label must be there, and a text; otherwise the label is not looked at, and a text may be blank
 */
export function sequenceExample(row: Row, { text, pair, label }: SequenceFields, labelled: boolean): Example {
  const texts = [text, ...(pair === undefined ? [] : [pair])].map((name) => textOf(row, name, labelled));
  return { where: row.where, texts, labels: labelled ? [labelOf(row, label)] : undefined };
}

/** Reads words with their tags, each a list or a text with spaces between them. */
export function tokenExample(row: Row, { tokens, tags }: TokenFields, labelled: boolean): Example {
  const texts = listOf(row, tokens, labelled);
  if (!labelled) return { where: row.where, texts, labels: undefined };
  const labels = listOf(row, tags, labelled);
  if (labels.length !== texts.length)
    throw new BertrandError(
      `${row.where}: found ${labels.length} tags in ${tags}; expected ${texts.length}, one for each word of ${tokens}`,
    );
  expectIob2(labels, row.where);
  return { where: row.where, texts, labels };
}

function textOf(row: Row, name: string, notBlank: boolean): string {
  const value = fieldOf(row, name);
  if (typeof value !== 'string') throw wrongField(row, name, value, 'a text');
  if (notBlank && value.trim() === '') throw wrongField(row, name, value, 'a text that is not empty');
  return value;
}

function labelOf(row: Row, name: string): string {
  const value = fieldOf(row, name);
  const label = ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : '';
  if (label === '') throw wrongField(row, name, value, 'a label: a text, a number, true or false');
  return label;
}

function listOf(row: Row, name: string, notEmpty: boolean): string[] {
  const value = fieldOf(row, name);
  const list = typeof value === 'string' ? value.split(/\s+/).filter((word) => word !== '') : value;
  if (
    !Array.isArray(list) ||
    (notEmpty && list.length === 0) ||
    !list.every((word) => typeof word === 'string' && word !== '')
  )
    throw wrongField(row, name, value, 'a list of texts, or a text with spaces between them');
  return list as string[];
}
