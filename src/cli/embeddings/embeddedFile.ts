import { nameOf } from '../../data/bytes/fileBytes.node.ts';
import { readTexts } from '../../data/labelled/readTexts.node.ts';
import type { NumberedText } from '../../data/labelled/readTexts.node.ts';
import { openDevice } from '../../kernels/choose.ts';
import type { DeviceChoice } from '../../kernels/choose.ts';
import { Embedder } from '../../train/embed/embedder.ts';
import type { EmbedOptions } from '../../train/embed/embedder.ts';
import { embedStream } from '../../train/embed/embedStream.ts';
import type { EmbeddedTexts } from '../../train/embed/embedStream.ts';
import { openEncoder } from '../../train/embed/openEncoder.node.ts';
import { inspectFile } from '../../data/inputFile.node.ts';
import { UsageError } from '../exit.ts';
import { printError } from '../print/print.ts';

export interface FileArguments {
  readonly run: string;
  readonly file: string;
  readonly field?: string | undefined;
  readonly device: DeviceChoice;
}

/** What is done with an embedder and the texts of a file, embedded as they are read. */
type Work = (embedder: Embedder, embedded: AsyncIterable<EmbeddedTexts<NumberedText>>) => Promise<void>;

/** Opens a model and does something with the embeddings of a file's texts; then reports texts that were cut or are blank. */
export async function withEmbeddedFile(
  { run, file, field, device: choice }: FileArguments,
  options: EmbedOptions,
  work: Work,
): Promise<void> {
  if (field === '') throw new UsageError('--field: found nothing', { advice: 'name the field of the texts' });
  if (file !== '-') inspectFile(file);
  const encoder = await openEncoder(run);
  for (const notice of encoder.notices) printError(notice);
  const device = await openDevice(choice, encoder.deviceOptions);
  const told = new Told(nameOf(file));
  try {
    const model = await encoder.modelOn(device);
    const embedder = new Embedder(device, model, encoder.tokenizer, options);
    await work(embedder, told.watched(embedStream(embedder, readTexts(file, field))));
    told.report(model.options.maxLength);
  } finally {
    await device.close();
  }
}

/** Counts the texts of which a person should know something, with the line of the first. */
class Told {
  readonly #name: string;
  readonly #long: number[] = [];
  readonly #blank: number[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  async *watched(parts: AsyncIterable<EmbeddedTexts<NumberedText>>): AsyncGenerator<EmbeddedTexts<NumberedText>> {
    for await (const part of parts) {
      for (const [i, { text, number }] of part.texts.entries()) {
        if (part.leftOut[i] > 0) this.#long.push(number);
        if (text.trim() === '') this.#blank.push(number);
      }
      yield part;
    }
  }

  report(maxLength: number): void {
    this.#say(this.#long, `longer than the ${maxLength} tokens that the model takes: the end was left out`);
    this.#say(this.#blank, 'blank: embedded as [CLS] [SEP]');
  }

  #say(lines: readonly number[], what: string): void {
    if (lines.length === 1) printError(`${this.#name}:${lines[0]}: ${what}`);
    if (lines.length > 1) printError(`${this.#name}:${lines[0]} and ${lines.length - 1} more: ${what}`);
  }
}
