import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { MaskedInput } from '../../src/bert/Bert.ts';
import type { ModelOptions } from '../../src/bert/options.ts';
import { presets } from '../../src/bert/presets.ts';

interface Packed {
  readonly shape: readonly number[];
  /** float64, in base64 */
  readonly data: string;
}

/** What scripts/golden-hf.py computed with PyTorch from a folder's weights. */
interface Expected {
  readonly batch: Record<'input_ids' | 'attention_mask' | 'token_type_ids', number[][]>;
  readonly positions: readonly number[];
  readonly labels: readonly number[];
  /** (batch, length, VS); of classifiers with a column for each label, of those of sequences (batch, labels) */
  readonly logits: Packed;
  readonly loss: number;
  /** By Hugging Face's names. */
  readonly gradients: Readonly<Record<string, Packed>>;
}

const root = fileURLToPath(new URL('../golden/', import.meta.url));
const foldersIn = (group: string): { name: string; path: string }[] =>
  readdirSync(join(root, group)).map((name) => ({ name, path: join(root, group, name) }));

/** Folders of BertForMaskedLM. */
export const goldenFolders = foldersIn('huggingFace');
/** Of ModernBertForMaskedLM. */
export const goldenModernBert = foldersIn('modernBert');
/** Of BertForSequenceClassification and BertForTokenClassification. */
export const goldenClassifiers = foldersIn('classifiers');
/** Of those of ModernBERT. */
export const goldenModernClassifiers = foldersIn('modernBertClassifiers');
export const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));
export const readExpected = (folder: string): Expected => readJson(folder, 'expected.json') as Expected;

const sizes = {
  layers: 2,
  embeddingSize: 8,
  heads: 2,
  feedForwardSize: 12,
  vocabSize: 17,
  maxLength: 10,
  dropout: 0.1,
};

/** What the config.json of each folder of BERT means in our words. */
export const goldenOptions: Readonly<Record<string, ModelOptions>> = (() => {
  const tied = { ...presets.bert, ...sizes };
  return {
    tied,
    untied: { ...tied, decoder: 'untied', gelu: 'tanh', normEpsilon: 1e-5 },
    sequence: tied,
    token: { ...tied, gelu: 'tanh' },
  };
})();

/** The same of ModernBERT. */
export const goldenModernOptions: Readonly<Record<string, ModelOptions>> = (() => {
  const tied: ModelOptions = {
    ...presets.modern,
    ...sizes,
    layers: 4,
    dropoutAt: ['probabilities', 'attention'],
    rotaryBase: 100,
    localRotaryBase: 10,
    localWindow: 2,
  };
  const biases = { biases: true, normBiases: true, transformBias: true } as const;
  const biased = { ...tied, ...biases, gelu: 'tanh', normEpsilon: 1e-6, localWindow: 4, globalEvery: 2 } as const;
  return { tied, untied: { ...biased, decoder: 'untied' }, sequence: tied, token: biased };
})();

/** Throws unless the numbers are PyTorch's. */
export function expectClose(found: Float64Array, expected: Float64Array, what: string): void {
  assert.is(found.length, expected.length, what);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(found[i] - value) < 1e-10 * largest, `${what}[${i}]: ${found[i]}, PyTorch ${value}`);
}

export function unpack({ data }: Packed): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
}

/** The batch as a model of ours takes it. */
export function inputOf({ batch, positions, labels }: Expected): MaskedInput {
  const lengths = batch.attention_mask.map((mask) => mask.filter((one) => one === 1).length);
  const length = batch.input_ids[0].length;
  return {
    batch: lengths.length,
    length,
    ids: Int32Array.from(batch.input_ids.flat()),
    segments: Int32Array.from(batch.token_type_ids.flat()),
    spans: Int32Array.from(
      lengths.flatMap((real) => Array.from({ length }, (_, i) => (i < real ? [0, real] : [0, 0])).flat()),
    ),
    positions: Int32Array.from(positions),
    labels: Int32Array.from(labels),
  };
}
