import { count } from '../format.ts';

/** Milliseconds: a browser takes longer to show another title than to draw a frame. */
const PACE = 1000;

/** The tab's title, which shows the step while a run is open. */
export class TabTitle {
  readonly #own = document.title;
  #step: number | undefined;
  #last = 0;

  step(step: number): void {
    this.#step = step;
    if (performance.now() - this.#last >= PACE) this.show();
  }

  /** The step as it is now. */
  show(): void {
    this.#last = performance.now();
    document.title = this.#step === undefined ? this.#own : `Step ${count(this.#step)} · Bertrand`;
  }

  clear(): void {
    this.#step = undefined;
    this.show();
  }
}
