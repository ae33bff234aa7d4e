import type { Config } from '../../../../src/train/config/table/table.ts';
import type { BoxReport } from '../../inspect/boxReport.ts';
import type { EngineApi, RunSummary } from '../../protocol.ts';
import { say } from '../alert.ts';
import { Asking } from '../asking/asking.ts';
import { boxDetails } from './boxDetails.ts';
import { diagram } from './diagram.ts';
import { drawing } from './drawing.ts';
import { h, segments } from '../dom.ts';
import { count, plural } from '../format.ts';
import { panel } from '../panel.ts';

/** The drawing of the model, and what is inside the box that is chosen. */
export class ModelPanel {
  readonly #picture = h('div', { class: 'drawing' });
  readonly #details = h('div', { class: 'details' });
  readonly #blocks = h('div', { class: 'choice' });
  readonly #facts = h('p', { class: 'fine' });
  readonly #asking: Asking<BoxReport | undefined>;
  #config: Config | undefined;
  #vocabSize: number | undefined;
  #block = 0;
  #chosen = 'encoder.TF.0.Attention';
  #report: BoxReport | undefined;

  constructor(engine: EngineApi) {
    let asked = ''; // the box that the next answer is for
    this.#asking = new Asking(
      () => engine.box((asked = this.#chosen)),
      (report) => asked === this.#chosen && this.#answered(report),
      (reason) => asked === this.#chosen && this.#answered(undefined, reason),
    );
    this.#asking.whileSeen(
      panel(
        'model',
        'Inside the model',
        'Choose a box to see what it computes, and the numbers that flow through it.',
        h('div', { class: 'inside' }, h('div', {}, this.#facts, this.#blocks, this.#picture), this.#details),
      ),
    );
  }

  /** Shows a model, which may not exist yet. */
  config(config: Config): void {
    this.#config = config;
    this.#vocabSize = undefined;
    this.#facts.textContent = '';
    this.#draw();
  }

  run({ config, parameters, vocabSize, data }: RunSummary): void {
    this.#config = config;
    this.#vocabSize = vocabSize;
    const text = data
      ? ` Trained on ${count(data.trainTokens)} tokens, tested on ${count(data.validationTokens)}.`
      : '';
    this.#facts.textContent = `${count(parameters)} numbers to learn; ${count(vocabSize)} words and pieces of words in the vocabulary.${text}`;
    this.#report = undefined;
    this.#draw();
  }

  ask(): void {
    this.#asking.enabled = true;
    this.#asking.ask();
  }

  stop(): void {
    this.#asking.enabled = false;
  }

  #draw(): void {
    const config = this.#config;
    if (!config) return;
    const { layers } = config.model;
    this.#block = Math.min(this.#block, layers - 1);
    this.#chosen = this.#chosen.replace(/TF\.\d+/, `TF.${this.#block}`);
    this.#blocks.replaceChildren(
      ...(layers > 1
        ? [
            h('span', { class: 'fine' }, `${plural(layers, 'block')}, one after another. Look into`),
            segments(
              'Block',
              Array.from({ length: layers }, (_, i) => ({ value: i, text: String(i + 1) })),
              this.#block,
              (block) => {
                this.#block = block;
                this.#draw();
                this.#asking.ask(true);
              },
            ),
          ]
        : []),
    );
    const focused = (document.activeElement as HTMLElement | null)?.dataset?.path;
    this.#picture.replaceChildren(diagram(drawing(config, this.#block), this.#chosen, (path) => this.#choose(path)));
    if (focused) this.#picture.querySelector<SVGElement>(`[data-path="${focused}"]`)?.focus();
    this.#explain();
  }

  #choose(path: string): void {
    this.#chosen = path;
    this.#report = undefined;
    this.#draw();
    say(
      [...this.#details.children]
        .slice(0, 2)
        .map(({ textContent }) => textContent)
        .join(': '),
    );
    this.#asking.ask(true);
    if (matchMedia('(max-width: 56rem)').matches) this.#details.scrollIntoView({ block: 'nearest' });
  }

  #answered(report: BoxReport | undefined, reason?: string): void {
    this.#report = report;
    this.#explain(reason);
  }

  #explain(reason?: string): void {
    if (!this.#config) return;
    this.#details.replaceChildren(...boxDetails(this.#chosen, this.#config, this.#vocabSize, this.#report, reason));
  }
}
