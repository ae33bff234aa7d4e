/** Seconds of training, validation and saving included; the time between a stop and going on is left out. */
export class TrainingClock {
  readonly #now: () => number;
  #seconds: number;
  #since: number | undefined;

  /**
   * @param seconds of the run so far, where it is resumed
   * @param now in milliseconds
   */
  constructor(seconds = 0, now: () => number = () => performance.now()) {
    this.#seconds = seconds;
    this.#now = now;
  }

  get seconds(): number {
    return this.#seconds + (this.#since === undefined ? 0 : (this.#now() - this.#since) / 1000);
  }

  start(): void {
    this.#since ??= this.#now();
  }

  stop(): void {
    this.#seconds = this.seconds;
    this.#since = undefined;
  }
}
