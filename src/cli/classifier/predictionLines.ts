import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { ClassifierTask } from '../../bert/BertClassifier.ts';
import type { Example } from '../../data/labelled/example.ts';
import { givenLabels } from '../../train/finetune/evaluateClassifier.ts';
import { likeliest } from '../../train/finetune/classify.ts';
import type { Prediction } from '../../train/finetune/predict.ts';
import { explainDisk } from '../../train/run/disk.node.ts';

/** Writes predictions, a line each, to the standard output or to a file that appears once it is whole. */
export class PredictionLines {
  readonly #out: string | undefined;
  readonly #file: FileHandle | undefined;
  readonly #format: 'jsonl' | 'csv';
  readonly #task: ClassifierTask;
  readonly #labels: readonly string[];
  /** How many are written. */
  #texts = 0;

  private constructor(
    out: string | undefined,
    file: FileHandle | undefined,
    format: 'jsonl' | 'csv',
    task: ClassifierTask,
    labels: readonly string[],
  ) {
    this.#out = out;
    this.#file = file;
    this.#format = format;
    this.#task = task;
    this.#labels = labels;
  }

  /** @param out a file's path; the standard output if left out */
  static async open(
    out: string | undefined,
    format: 'jsonl' | 'csv',
    task: ClassifierTask,
    labels: readonly string[],
  ): Promise<PredictionLines> {
    const file =
      out === undefined
        ? undefined
        : await open(`${out}.tmp`, 'w').catch((error: unknown) => {
            throw explainDisk(error, `cannot write ${out}`, 'choose another file with --out');
          });
    const lines = new PredictionLines(out, file, format, task, labels);
    const header = task === 'token' ? ['text', 'word', 'token', 'tag', 'probability'] : ['label', ...labels];
    if (format === 'csv') await lines.#put(`${header.map(cell).join(',')}\n`);
    return lines;
  }

  /** @param labelled whether the right labels are written next to those predicted */
  async write(examples: readonly Example[], predictions: readonly Prediction[], labelled: boolean): Promise<void> {
    for (const [i, example] of examples.entries()) {
      const line =
        this.#task === 'token'
          ? this.#words(example, predictions[i], labelled)
          : this.#text(example, predictions[i], labelled);
      this.#texts += 1;
      await this.#put(line);
    }
  }

  async close(): Promise<void> {
    if (!this.#file || this.#out === undefined) return;
    await this.#file.sync();
    await this.#file.close();
    await rename(`${this.#out}.tmp`, this.#out);
  }

  /** Takes away what is not whole. */
  async abandon(): Promise<void> {
    await this.#file?.close().catch(() => {});
    if (this.#out !== undefined) await rm(`${this.#out}.tmp`, { force: true });
  }

  #text({ labels: right }: Example, { probabilities: [probabilities] }: Prediction, labelled: boolean): string {
    const label = this.#labels[likeliest(probabilities)];
    if (this.#format === 'csv') return `${[cell(label), ...probabilities].join(',')}\n`;
    const byName = Object.fromEntries(this.#labels.map((name, i) => [name, probabilities[i]]));
    return `${JSON.stringify({ label, ...(labelled && { right: right?.[0] }), probabilities: byName })}\n`;
  }

  #words(example: Example, { sequence, probabilities }: Prediction, labelled: boolean): string {
    const tags = givenLabels(example, sequence, probabilities, this.#labels, 'token');
    const shares: (number | null)[] = tags.map(() => null); // of words that the model has not seen
    for (const [i, word] of sequence.words.entries()) shares[word] = Math.max(...probabilities[i]);
    if (this.#format === 'jsonl') {
      const right = labelled ? { right: example.labels } : {};
      return `${JSON.stringify({ tokens: example.texts, tags, ...right, probabilities: shares })}\n`;
    }
    const rows = tags.map((tag, i) =>
      [this.#texts + 1, i + 1, cell(example.texts[i]), cell(tag), shares[i] ?? ''].join(','),
    );
    return `${rows.join('\n')}\n`;
  }

  async #put(text: string): Promise<void> {
    if (this.#file) await this.#file.writeFile(text);
    else if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

/** A field of CSV (RFC 4180). */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
