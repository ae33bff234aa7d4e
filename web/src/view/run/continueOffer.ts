import type { KeptRun } from '../../protocol.ts';
import { byId } from '../dom.ts';
import { count } from '../format.ts';

/** A button that goes on with the run that was saved last. */
export class ContinueOffer {
  readonly #button = byId('continue');
  #run: KeptRun | undefined;

  constructor(open: (name: string) => void) {
    this.#button.addEventListener('click', () => this.#run && open(this.#run.name));
  }

  show(run: KeptRun | undefined): void {
    this.#run = run;
    this.#button.hidden = !run;
    if (run) this.#button.textContent = `Continue “${run.name}”, step ${count(run.step ?? 0)}`;
  }
}
