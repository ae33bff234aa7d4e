const STEPS_REMEMBERED = 50;

/** Guesses the time that is left from the last steps, with all that happened between them. */
export class TimeLeft {
  readonly #times: number[];

  /** @param now in milliseconds, when the first step begins */
  constructor(now: number) {
    this.#times = [now];
  }

  /** Notes the end of a step. */
  add(now: number): void {
    this.#times.push(now);
    if (this.#times.length > STEPS_REMEMBERED + 1) this.#times.shift();
  }

  /** Seconds for that many steps more; not a number before the first. */
  seconds(steps: number): number {
    const first = this.#times[0];
    const last = this.#times.at(-1) ?? first;
    return (steps * (last - first)) / (this.#times.length - 1) / 1000;
  }
}
