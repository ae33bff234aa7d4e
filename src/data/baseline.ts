import type { MaskingOptions } from './dataOptions.ts';

/** What the baseline needs to know about a vocabulary. */
interface Vocabulary {
  readonly maskId: number;
  readonly vocabSize: number;
  isSpecial(id: number): boolean;
  isContinuation(id: number): boolean;
  tokenOf(id: number): string;
}

/** A length of text. */
export interface TextLength {
  readonly characters: number;
  readonly bytes: number;
}

/**
 * Models that ignore context, whose losses a real model must beat. They know how often each token occurs in the
 * training text and how masking works, and are the best that can be had from that alone.
 */
export class Baseline {
  /** How often each id occurs, 0 for special ones. (vocabSize) */
  readonly counts: Float64Array;
  readonly #probability: Float64Array;
  readonly #maskId: number;
  /** Probability that a chosen token stays as it is. */
  readonly #kept: number;
  /** Probability that a chosen token becomes one particular ordinary token. */
  readonly #replaced: number;
  readonly #vocabulary: Vocabulary;
  /** Of the tokens that were labels so far, by their ids. */
  readonly #lengths = new Map<number, TextLength>();

  /** @param counts how often each id occurs, 0 for special ones (vocabSize); smoothed by adding one to each */
  constructor(counts: Float64Array, { mask, random }: Pick<MaskingOptions, 'mask' | 'random'>, vocabulary: Vocabulary) {
    this.counts = counts;
    const total = counts.reduce((sum, count) => sum + count, counts.length);
    let ordinary = 0;
    for (let id = 0; id < vocabulary.vocabSize; id++) if (!vocabulary.isSpecial(id)) ordinary++;
    this.#probability = counts.map((count) => (count + 1) / total);
    this.#vocabulary = vocabulary;
    this.#maskId = vocabulary.maskId;
    this.#kept = Math.max(0, 1 - mask - random); // 1 - 0.8 - 0.2 is below zero by rounding
    this.#replaced = random / ordinary;
  }

  /** How much text the labels stand for: characters (code points) and bytes in UTF-8, without spaces. */
  lengthOf(labels: Int32Array): TextLength {
    let [characters, bytes] = [0, 0];
    for (const label of labels) {
      let length = this.#lengths.get(label);
      if (!length) this.#lengths.set(label, (length = this.#lengthOf(label)));
      characters += length.characters;
      bytes += length.bytes;
    }
    return { characters, bytes };
  }

  #lengthOf(id: number): TextLength {
    const token = this.#vocabulary.tokenOf(id);
    const text = this.#vocabulary.isContinuation(id) ? token.slice(2) : token;
    return { characters: text.match(/./gsu)?.length ?? 0, bytes: new TextEncoder().encode(text).length };
  }

  /** The mean loss of always predicting each label by its frequency, in nats. */
  frequencyLoss(labels: Int32Array): number {
    return mean(labels, (label) => -Math.log(this.#probability[label]));
  }

  /**
   * The mean loss of the best guess from the token that is seen at the masked place, in nats: without its context.
   * By Bayes' rule P(label | seen) is in proportion to p(label) * P(seen | label), where p is the label's frequency. A
   * seen [MASK] says nothing about the label; any other token was either put there by chance or left as it was.
   * @param seen the token that stands at each label's place after masking
   */
  contextFreeLoss(labels: Int32Array, seen: Int32Array): number {
    return mean(labels, (label, i) => {
      const p = this.#probability[label];
      if (seen[i] === this.#maskId) return -Math.log(p);
      const likelihood = this.#replaced + (seen[i] === label ? this.#kept : 0);
      return -Math.log((p * likelihood) / (this.#replaced + this.#kept * this.#probability[seen[i]]));
    });
  }
}

function mean(labels: Int32Array, lossOf: (label: number, i: number) => number): number {
  return labels.reduce((sum, label, i) => sum + lossOf(label, i), 0) / labels.length;
}
