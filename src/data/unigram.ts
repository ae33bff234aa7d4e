/** The model that knows only how often each token occurs: the loss that a real one must beat. */
export class Unigram {
  readonly #negativeLogProbability: Float64Array;

  /** Takes how often each id occurs, 0 for special ones; smoothed by adding one to each. (vocabSize) */
  constructor(counts: Float64Array) {
    const total = counts.reduce((sum, count) => sum + count, counts.length);
    this.#negativeLogProbability = counts.map((count) => Math.log(total / (count + 1)));
  }

  /** The mean negative log-likelihood of the labels, in nats. */
  loss(labels: Int32Array): number {
    return labels.reduce((sum, id) => sum + this.#negativeLogProbability[id], 0) / labels.length;
  }
}
