import seedrandom from 'seedrandom';
import type { LabelledInput } from '../../bert/BertClassifier.ts';
import { permutation } from '../../data/batches/permutation.ts';
import { endToEnd } from '../evaluate/encodeTexts.ts';
import type { UnpaddedBatch } from '../evaluate/encodeTexts.ts';
import type { ClassifiedSequence } from './encodeExample.ts';

/** A sequence whose positions have labels, as numbers. */
export interface LabelledSequence extends ClassifiedSequence {
  readonly labels: Int32Array;
}

/** A batch with its number of tokens. */
export type LabelledBatch = LabelledInput & { readonly tokens: number };

/** Rows are filled up to a multiple of this, so that devices meet few sizes. */
const MULTIPLE = 64;

/** The batches of training: a pure function of seed and step, each epoch in an order of its own. */
export class TrainingBatches {
  readonly perEpoch: number;
  readonly #sequences: readonly LabelledSequence[];
  readonly #weights: readonly number[] | undefined;
  readonly #batchSize: number;
  readonly #seed: number;

  /** @param weights of the labels in the loss */
  constructor(
    sequences: readonly LabelledSequence[],
    weights: readonly number[] | undefined,
    batchSize: number,
    seed: number,
  ) {
    this.#sequences = sequences;
    this.#weights = weights;
    this.#batchSize = batchSize;
    this.#seed = seed;
    this.perEpoch = Math.ceil(sequences.length / batchSize);
  }

  /** @param step from 1 */
  at(step: number): LabelledBatch {
    const epoch = Math.floor((step - 1) / this.perEpoch);
    const first = ((step - 1) % this.perEpoch) * this.#batchSize;
    const order = permutation(`${this.#seed}/order/${epoch}`, this.#sequences.length);
    const size = Math.min(this.#batchSize, this.#sequences.length - first);
    const members = Array.from({ length: size }, (_, i) => order(first + i));
    const tokens = members.reduce((sum, member) => sum + this.#sequences[member].ids.length, 0);
    const batch = endToEnd(this.#sequences, members, Math.ceil(tokens / MULTIPLE) * MULTIPLE);
    const labels = Int32Array.from(members.flatMap((member) => [...this.#sequences[member].labels]));
    const weights = this.#weights && Float32Array.from(labels, (label) => this.#weights?.[label] ?? 1);
    return { ...batch, positions: positionsOf(this.#sequences, batch), labels, tokens, ...(weights && { weights }) };
  }
}

/** The places of a batch that are classified. */
export function positionsOf(sequences: readonly ClassifiedSequence[], { members, starts }: UnpaddedBatch): Int32Array {
  return Int32Array.from(members.flatMap((member, i) => [...sequences[member].positions].map((at) => starts[i] + at)));
}

/** Weights by which every label counts the same: the number of labels over that of labels times how often each occurs; 1 for those that do not. */
export function balancedWeights(sequences: readonly LabelledSequence[], labels: number): number[] {
  const counts = new Float64Array(labels);
  for (const { labels: own } of sequences) for (const label of own) counts[label] += 1;
  const all = counts.reduce((total, count) => total + count, 0);
  return Array.from(counts, (count) => (count === 0 ? 1 : all / (labels * count)));
}

/** Takes a share of the items out, at least one and not all, by the seed. */
export function split<T>(items: readonly T[], share: number, seed: number): { kept: T[]; taken: T[] } {
  const count = Math.min(items.length - 1, Math.max(1, Math.round(share * items.length)));
  const random = seedrandom(`${seed}/validation`);
  const drawn = items.map((_, i) => ({ i, key: random() })).toSorted((a, b) => a.key - b.key);
  const out = new Set(drawn.slice(0, count).map(({ i }) => i));
  return { kept: items.filter((_, i) => !out.has(i)), taken: items.filter((_, i) => out.has(i)) };
}
