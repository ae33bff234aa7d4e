import { Heap } from './heap.ts';

interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  /** Words that held the pair at some time; a word may stand twice. */
  readonly words: number[];
}

/** A pair as it stood when it was pushed. */
interface Candidate {
  readonly pair: Pair;
  readonly count: number;
}

/** How often each pair of neighbouring symbols occurs, kept up to date as words change. */
export class PairTable {
  readonly #pairs = new Map<number, Pair>();
  readonly #changed = new Set<Pair>();
  /** Most frequent first; ties go to the older symbols, so that the result is determined. */
  readonly #heap = new Heap<Candidate>(
    (a, b) =>
      a.count > b.count || (a.count === b.count && (a.pair.left - b.pair.left || a.pair.right - b.pair.right) < 0),
  );

  add(left: number, right: number, count: number, word: number): void {
    const key = left * 2 ** 26 + right;
    let pair = this.#pairs.get(key);
    if (!pair) this.#pairs.set(key, (pair = { left, right, count: 0, words: [] }));
    pair.count += count;
    if (count > 0) pair.words.push(word);
    this.#changed.add(pair);
  }

  /** Removes and returns the most frequent pair; undefined if none occurs `minFrequency` times. */
  takeBest(minFrequency: number): Pair | undefined {
    for (const pair of this.#changed) this.#heap.push({ pair, count: pair.count });
    this.#changed.clear();
    for (;;) {
      const top = this.#heap.pop();
      if (top === undefined || top.count < minFrequency) return undefined;
      const { pair } = top;
      if (top.count !== pair.count) continue; // a newer candidate has the pair's present count
      this.#pairs.delete(pair.left * 2 ** 26 + pair.right);
      pair.count = 0;
      return pair;
    }
  }
}
