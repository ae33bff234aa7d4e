import { Baseline } from '../../data/baseline.ts';
import type { Batches } from '../../data/batches/batch.ts';
import { flattened, isFlat, unflattened } from '../../data/batches/flatBatches.ts';
import { inRows } from '../../data/dataOptions.ts';
import type { OpenedData } from '../../data/openedData.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { textSegment } from '../config/modelOptions.ts';
import type { Config } from '../config/table/table.ts';
import { readSafetensors } from '../run/safetensors/readSafetensors.ts';
import { writeSafetensors } from '../run/safetensors/writeSafetensors.ts';
import { firstBatches } from './firstBatches.ts';

/** The name of the file in which a run keeps what it validates on. */
export const VALIDATION_FILE = 'validation.safetensors';

/** Tokens: a longer text is not kept, as it would take as much room as a checkpoint. */
const MOST_KEPT = 2 ** 24;

/** What a run validates on, and the baseline of its training text. */
export interface Kept {
  readonly batches: Batches;
  readonly baseline: Baseline;
}

/** The settings that it depends on. */
const settingsOf = ({ seed, data, validate, train }: Config): string =>
  JSON.stringify([
    seed,
    data.sequenceLength,
    inRows(data),
    train.batchSize,
    validate.batches,
    validate.maskingProbability,
  ]);

/** The bytes of a file that keeps what a run validates on; undefined where that is too long. */
export async function keepValidation(config: Config, data: OpenedData): Promise<Uint8Array | undefined> {
  const flat = await flattened(firstBatches(data.validation, config.validate.batches), MOST_KEPT);
  if (!flat) return undefined;
  const arrays = { ...flat, frequencies: data.baseline.counts };
  const tensors = new Map(
    Object.entries(arrays).map(([name, array]) => [name, { shape: [array.length], data: array }]),
  );
  return writeSafetensors(tensors, { settings: settingsOf(config) });
}

/** What such a file keeps; undefined if it is not what a run of this config would have kept. Throws a BertrandError if it is no such file. */
export function keptValidation(
  bytes: Uint8Array,
  name: string,
  config: Config,
  tokenizer: Tokenizer,
): Kept | undefined {
  const { tensors, metadata } = readSafetensors(bytes, name);
  if (metadata.get('settings') !== settingsOf(config)) return undefined;
  const integers = (name: string): Int32Array => {
    const data = tensors.get(name)?.data;
    return data instanceof Int32Array ? data : new Int32Array();
  };
  const [counts, sizes, ids, positions, seen] = ['counts', 'sizes', 'ids', 'positions', 'seen'].map(integers);
  const flat = { counts, sizes, ids, positions, seen };
  const { batchSize } = config.train;
  const { sequenceLength } = config.data;
  const rows = inRows(config.data);
  const tokens = batchSize * sequenceLength;
  const length = rows ? sequenceLength : tokens;
  const limits = {
    vocabSize: tokenizer.vocabSize,
    length: sequenceLength,
    tokens,
    sequences: rows ? batchSize : tokens,
  };
  if (!isFlat(flat, limits)) return undefined;
  const frequencies = tensors.get('frequencies')?.data;
  if (!(frequencies instanceof Float64Array) || frequencies.length !== tokenizer.vocabSize) return undefined;
  return {
    batches: unflattened(flat, { rows, length, padId: tokenizer.padId, textSegment: textSegment(config) }),
    baseline: new Baseline(frequencies, config.data.masking, tokenizer),
  };
}
