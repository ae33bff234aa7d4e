/** Asks the engine the same question repeatedly, never twice at once, and not more often than is useful. */
export class Asking<T> {
  enabled = false;
  readonly #question: () => Promise<T>;
  readonly #answered: (answer: T) => unknown;
  readonly #refused: (reason: string) => unknown;
  #busy = false;
  #again = false;
  #last = 0;
  #seen = true;
  #waits = false;

  constructor(question: () => Promise<T>, answered: (answer: T) => unknown, refused: (reason: string) => unknown) {
    this.#question = question;
    this.#answered = answered;
    this.#refused = refused;
  }

  /** In the background it asks, from now on, only while a person can see what it fills, and again when they can. */
  whileSeen(panel: Element): void {
    this.#seen = false;
    new IntersectionObserver((changes) => {
      this.#seen = changes.at(-1)?.isIntersecting === true;
      this.ask();
    }).observe(panel);
  }

  /** @param atOnce a person waits: not held back */
  ask(atOnce = false): void {
    if (!this.enabled) return;
    if (this.#busy) {
      this.#again ||= atOnce;
      return;
    }
    if (!atOnce) {
      if (!this.#seen) return;
      const pause = this.#last + PAUSE - performance.now();
      if (pause > 0) {
        if (!this.#waits) setTimeout(() => this.#askLater(), pause);
        this.#waits = true;
        return;
      }
    }
    this.#busy = true;
    void this.#question()
      .then(this.#answered, (error: unknown) => this.#refused(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        this.#busy = false;
        this.#last = performance.now();
        if (this.#again) {
          this.#again = false;
          this.ask(true);
        }
      });
  }

  #askLater(): void {
    this.#waits = false;
    this.ask();
  }
}

/** Milliseconds between questions in the background. */
const PAUSE = 900;
