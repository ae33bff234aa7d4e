/** Tokens per second of training since the last line of the log, time for validating and saving left out. */
export class Throughput {
  #tokens = 0;
  #milliseconds = 0;
  #since = performance.now();

  add(tokens: number): void {
    const now = performance.now();
    this.#milliseconds += now - this.#since;
    this.#since = now;
    this.#tokens += tokens;
  }

  /** Time since the last `add` does not count. */
  restart(): void {
    this.#since = performance.now();
  }

  /** The rate since the last call. */
  close(): number {
    const rate = (1000 * this.#tokens) / this.#milliseconds;
    this.#tokens = 0;
    this.#milliseconds = 0;
    return rate;
  }
}
