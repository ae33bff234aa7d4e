import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  /** (batch, length, VS) */
  readonly logits: Packed;
  readonly loss: number;
  /** By Hugging Face's names. */
  readonly gradients: Readonly<Record<string, Packed>>;
}

const root = fileURLToPath(new URL('../golden/huggingFace/', import.meta.url));
export const goldenFolders = readdirSync(root).map((name) => ({ name, path: join(root, name) }));
export const readJson = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));
export const readExpected = (folder: string): Expected => readJson(folder, 'expected.json') as Expected;

/** What the config.json of each folder means in our words. */
export const goldenOptions: Readonly<Record<string, ModelOptions>> = (() => {
  const sizes = {
    layers: 2,
    embeddingSize: 8,
    heads: 2,
    feedForwardSize: 12,
    vocabSize: 17,
    maxLength: 10,
    dropout: 0.1,
  };
  const tied = { ...presets.bert, ...sizes };
  return { tied, untied: { ...tied, decoder: 'untied', gelu: 'tanh', normEpsilon: 1e-5 } };
})();

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
