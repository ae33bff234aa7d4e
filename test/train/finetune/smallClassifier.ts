import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFinetune } from '../../../src/train/finetune/config/loadFinetune.node.ts';
import type { FinetuneConfig } from '../../../src/train/finetune/config/table.ts';
import type { ClassifierEvaluation } from '../../../src/train/finetune/evaluateClassifier.ts';
import { finetune } from '../../../src/train/finetune/finetune.node.ts';
import type { FinetuneView } from '../../../src/train/finetune/finetuneView.ts';
import { smallRun } from '../smallRun.ts';

const birds = 'birds sing loudly trees'.split(' ');
const kings = 'king queen rules land'.split(' ');
const others = 'the a over and sea people with grace every day while in old'.split(' ');

/** A word from a list, always the same for a number. */
const pick = (words: readonly string[], number: number): string => words[(7 * number + (number >> 2)) % words.length];

const row = (i: number): { words: string[]; about: number } => {
  const about = i % 2;
  const words = Array.from({ length: 2 + (i % 5) }, (_, j) => pick(others, 3 * i + j));
  words.splice(i % words.length, 0, pick(about === 0 ? birds : kings, i));
  return { words, about };
};

/** Texts about birds or kings, pairs of them that agree or not, and words that are tagged by the two. */
export const rows = {
  texts: (i: number) => ({ text: row(i).words.join(' '), label: ['birds', 'kings'][row(i).about] }),
  pairs: (i: number) => ({
    text: row(i).words.join(' '),
    second: row(3 * i + (i >> 1)).words.join(' '),
    label: row(i).about === row(3 * i + (i >> 1)).about,
  }),
  words: (i: number) => {
    const { words: tokens } = row(i);
    const typeOf = (word: string): string | undefined =>
      birds.includes(word) ? 'BIRD' : kings.includes(word) ? 'KING' : undefined;
    return { tokens, tags: tokens.map((word) => (typeOf(word) === undefined ? 'O' : `B-${typeOf(word)}`)) };
  },
};

export type Kind = keyof typeof rows;

export const jsonl = (kind: Kind, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${JSON.stringify(rows[kind](from + i))}\n`).join('');

const TASKS: Record<Kind, string> = {
  texts: 'task: sequence\n',
  pairs: 'task: sequence\ndata: { pair: second }\n',
  words: 'task: token\n',
};

/** A config that fine-tunes a small untrained model, in `folder`, on 60 rows; not yet run. */
export async function smallFinetune(
  folder: string,
  kind: Kind,
  settings: readonly string[] = [],
  pretrained: readonly string[] = ['model.preset=bert'],
): Promise<FinetuneConfig> {
  mkdirSync(folder, { recursive: true });
  const from = await smallRun(folder, `pretrained-${kind}-${Math.random().toString(36).slice(2)}`, pretrained);
  writeFileSync(join(folder, `${kind}-train.jsonl`), jsonl(kind, 0, 60));
  writeFileSync(join(folder, `${kind}-validation.jsonl`), jsonl(kind, 60, 90));
  writeFileSync(join(folder, `${kind}.yaml`), `${TASKS[kind]}device: cpu\n`);
  return loadFinetune(join(folder, `${kind}.yaml`), [
    `data.train=[${JSON.stringify(join(folder, `${kind}-train.jsonl`))}]`,
    `data.validation=[${JSON.stringify(join(folder, `${kind}-validation.jsonl`))}]`,
    `model.from=${JSON.stringify(from)}`,
    `out=${JSON.stringify(join(folder, `run-${kind}`))}`,
    'train.optimizer.learningRate=5e-3',
    'model.dropout=0.05',
    'train.batchSize=8',
    'train.epochs=3',
    'log.every=1',
    ...settings,
  ]);
}

/** Notes what is shown. */
export class Notes implements FinetuneView {
  readonly losses: number[] = [];
  readonly validations: { step: number; evaluation: ClassifierEvaluation; best: boolean }[] = [];
  readonly notices: string[] = [];
  end: { step: number; evaluation: ClassifierEvaluation; early: boolean } | undefined;
  notice = (text: string): void => void this.notices.push(text);
  begin = (): void => {};
  train = (_: number, { loss }: { loss: number }): void => void this.losses.push(loss);
  validate = (step: number, evaluation: ClassifierEvaluation, best: boolean): void =>
    void this.validations.push({ step, evaluation, best });
  stopping = (): void => {};
  stopped = (): void => {};
  finished = (best: { step: number; evaluation: ClassifierEvaluation }, early: boolean): void =>
    void (this.end = { ...best, early });
}

export async function run(config: FinetuneConfig, resume = false): Promise<Notes> {
  const notes = new Notes();
  await finetune(config, resume, notes);
  return notes;
}
