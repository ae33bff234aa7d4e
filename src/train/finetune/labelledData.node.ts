import { resolve } from 'node:path';
import type { ClassifierTask } from '../../bert/BertClassifier.ts';
import { sha256 } from '../../data/digest.ts';
import { inspectFile } from '../../data/inputFile.node.ts';
import { sequenceExample, tokenExample } from '../../data/labelled/example.ts';
import type { Example } from '../../data/labelled/example.ts';
import { OUTSIDE } from '../../data/labelled/iob2.ts';
import { labelIds, labelNames } from '../../data/labelled/labelNames.ts';
import type { Row } from '../../data/labelled/row.ts';
import { readRows } from '../../data/labelled/rowsFile.node.ts';
import { BertrandError } from '../../error.ts';
import type { FinetuneConfig } from './config/table.ts';
import { split } from './labelledSequences.ts';
import type { LabelledExamples } from './labelledSequences.ts';
import { untaught } from './untaught.ts';

export interface LabelledData {
  readonly names: readonly string[];
  readonly train: LabelledExamples;
  readonly validation: LabelledExamples;
  /** What a person should know of the labels: a line each. */
  readonly notices: readonly string[];
  /** SHA-256 of all examples in their order. */
  readonly fingerprint: string;
}

/** What says how a row is read. */
export interface ExampleReader {
  readonly task: ClassifierTask;
  readonly data: Pick<FinetuneConfig['data'], 'text' | 'pair' | 'label' | 'tokens' | 'tags'>;
}

/** A row as an example; without `labelled` its label is not looked at. */
export function exampleOf(row: Row, { task, data }: ExampleReader, labelled: boolean): Example {
  if (task === 'token') return tokenExample(row, data, labelled);
  const pair = data.pair === 'none' ? undefined : data.pair;
  return sequenceExample(row, { text: data.text, pair, label: data.label }, labelled);
}

/**
 * Reads the config's files. Throws a BertrandError that names file and line where one is wrong.
 * @param folder where their relative paths count from: the present one, if left out
 */
export async function readLabelledData(config: FinetuneConfig, folder?: string): Promise<LabelledData> {
  const { data, task, seed } = config;
  const all = await examplesOf(data.train, config, folder);
  const { kept, taken } =
    typeof data.validation === 'number'
      ? split(all, data.validation, seed)
      : { kept: all, taken: await examplesOf(data.validation, config, folder) };
  const found = labelNames(task === 'token' ? [...all, OUTSIDE_EXAMPLE] : all);
  const names = data.labels === 'auto' ? found : data.labels;
  if (names.length < 2)
    throw new BertrandError(`${data.train.join(' ')}: all rows have the label ${names.join()}; expected at least two`);
  const fingerprint = await sha256(JSON.stringify([kept, taken].map((some) => some.map(content))));
  const [train, validation] = [numbered(kept, names), numbered(taken, names)];
  return { names, train, validation, notices: untaught(data.train.join(' '), names, train, validation), fingerprint };
}

const OUTSIDE_EXAMPLE: Example = { where: '', texts: [], labels: [OUTSIDE] };
const content = ({ texts, labels }: Example): unknown => [texts, labels];

/** The same examples with the numbers of their labels. Throws where one is none of the names. */
export function numbered(examples: readonly Example[], names: readonly string[]): LabelledExamples {
  const numbers = new Map(names.map((name, i) => [name, i]));
  return { examples, labels: examples.map((example) => labelIds(example, numbers)) };
}

/** Of the files to train on, and of those to validate on. */
const MOST_BYTES = 2 ** 30;

async function examplesOf(
  paths: readonly string[],
  config: FinetuneConfig,
  folder: string | undefined,
): Promise<Example[]> {
  const places = paths.map((path) => (folder === undefined ? path : resolve(folder, path)));
  const bytes = places.reduce((sum, place) => sum + inspectFile(place).size, 0);
  if (bytes > MOST_BYTES)
    throw new BertrandError(
      `${paths.join(' ')}: ${Math.ceil(bytes / 2 ** 20)} MiB of rows, which are all held in memory; at most ${MOST_BYTES / 2 ** 20} are`,
      { advice: 'train on fewer rows' },
    );
  const examples: Example[] = [];
  for (const place of places) for await (const row of readRows(place)) examples.push(exampleOf(row, config, true));
  if (examples.length < 2) throw new BertrandError(`${paths.join(' ')}: found one row; expected at least two`);
  return examples;
}
