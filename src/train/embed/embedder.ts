import type { Tape } from '../../autograd/tape.ts';
import type { Bert } from '../../bert/Bert.ts';
import { BulkEncoder } from '../../data/tokenizer/bulkEncoder.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { BertrandError } from '../../error.ts';
import type { Device } from '../../kernels/device.ts';
import { textSegment } from '../config/modelOptions.ts';
import { encodeTexts, idsSequence } from '../evaluate/encodeTexts.ts';
import type { SequenceOptions, UnpaddedBatch } from '../evaluate/encodeTexts.ts';

export const poolings = ['mean', 'cls'] as const;

/** How the encoder's outputs become one vector: their mean over all tokens, [CLS] and [SEP] included, or that of [CLS]. */
export type Pooling = (typeof poolings)[number];

/** How texts become vectors. */
export interface EmbedOptions {
  /** `mean` by default. */
  readonly pooling?: Pooling;
  /** Whether embeddings are divided by their length, so that their products are cosines; false by default. */
  readonly normalize?: boolean;
  /** Tokens of a text, [CLS] and [SEP] included, beyond which its end is left out; by default as many as the model takes. */
  readonly maxLength?: number;
}

/** Vectors of texts. */
export interface Embeddings {
  /** (texts, ES), row by row in the order of the texts */
  readonly values: Float32Array;
  /** (texts) how many tokens were left out at the end of each because the model takes no more */
  readonly leftOut: Int32Array;
  /** Tokens that were computed, [CLS] and [SEP] included. */
  readonly tokens: number;
}

/** Turns texts into vectors, by a model that is on a device. */
export class Embedder {
  /** Numbers in an embedding, ES. */
  readonly size: number;
  readonly #device: Device;
  readonly #model: Bert;
  readonly #encoder: BulkEncoder;
  readonly #pooling: Pooling;
  readonly #normalize: boolean;
  readonly #sequences: SequenceOptions;

  /** @throws BertrandError if the tokenizer is not the model's, or `maxLength` is not from 3 to as many tokens as the model takes */
  constructor(device: Device, model: Bert, tokenizer: Tokenizer, options: EmbedOptions = {}) {
    const { vocabSize, maxLength: most, embeddingSize } = model.options;
    const { pooling = 'mean', normalize = false, maxLength = most } = options;
    if (tokenizer.vocabSize !== vocabSize)
      throw new BertrandError(`the tokenizer has ${tokenizer.vocabSize} tokens, the model ${vocabSize}`, {
        advice: 'give the tokenizer that the model was trained with',
      });
    if (!Number.isInteger(maxLength) || maxLength < 3 || maxLength > most)
      throw new BertrandError(`maxLength: found ${maxLength}; expected a whole number from 3 to ${most}`);
    this.size = embeddingSize;
    this.#device = device;
    this.#model = model;
    this.#encoder = new BulkEncoder(tokenizer);
    this.#pooling = pooling;
    this.#normalize = normalize;
    const segment = textSegment({ model: model.options });
    this.#sequences = { maxLength, segments: [segment, segment] };
  }

  /** Embeds texts, each of which gives the same numbers whatever the others are, up to rounding. An empty text is [CLS] [SEP]. */
  async embed(texts: readonly string[]): Promise<Embeddings> {
    const sequences = texts.map((text) => idsSequence(this.#encoder, [this.#encoder.encode(text)], this.#sequences));
    const rows = await encodeTexts(this.#device, sequences, (tape, batch) =>
      this.#pooling === 'cls' ? this.#classes(tape, batch) : this.#means(tape, batch),
    );
    const values = new Float32Array(texts.length * this.size);
    for (const [i, row] of rows.entries())
      values.set(this.#normalize ? divided(row, Math.hypot(...row)) : row, i * this.size);
    return {
      values,
      leftOut: Int32Array.from(sequences, ({ leftOut }) => leftOut),
      tokens: sequences.reduce((sum, { ids }) => sum + ids.length, 0),
    };
  }

  /** The last block computes no other tokens. */
  async #classes(tape: Tape, batch: UnpaddedBatch): Promise<Float64Array[]> {
    const values = await this.#model.encode(tape, batch, batch.starts).read(); // (members, ES)
    return Array.from(batch.members, (_, i) => values.subarray(i * this.size, (i + 1) * this.size));
  }

  async #means(tape: Tape, batch: UnpaddedBatch): Promise<Float64Array[]> {
    const values = await this.#model.encode(tape, batch).read(); // (1, length, ES)
    return Array.from(batch.starts, (start, i) =>
      meanRow(values, start, batch.starts[i + 1] ?? batch.length, this.size),
    );
  }
}

/** The mean of the rows from `start` up to, not including, `end`. */
function meanRow(values: Float64Array, start: number, end: number, columns: number): Float64Array {
  const sum = new Float64Array(columns);
  for (let row = start; row < end; row++) {
    const at = row * columns;
    for (let j = 0; j < columns; j++) sum[j] += values[at + j];
  }
  return divided(sum, end - start);
}

/** A row of zeros stays one. */
const divided = (row: Float64Array, by: number): Float64Array => row.map((value) => value / (by || 1));
