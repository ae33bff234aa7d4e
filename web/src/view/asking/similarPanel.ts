import type { EngineApi, SimilarSentences } from '../../protocol.ts';
import { Asking } from './asking.ts';
import { h } from '../dom.ts';
import { count } from '../format.ts';
import { panel } from '../panel.ts';

const TOP = 5;

/** The sentences of the text that the model finds most like a given one. */
export class SimilarPanel {
  readonly #input = h('input', {
    type: 'text',
    value: 'we must cut taxes for working families .',
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-label': 'A sentence to find others like it',
  });
  readonly #answers = h('div');
  readonly #asking: Asking<SimilarSentences>;

  constructor(engine: EngineApi) {
    this.#asking = new Asking(
      () => engine.similar(this.#input.value, TOP),
      (found) => this.#show(found),
      (reason) => this.#answers.replaceChildren(h('p', { class: 'waiting' }, reason)),
    );
    this.#input.addEventListener('input', () => this.#asking.ask(true));
    panel(
      'similar',
      'Similar sentences',
      'Of the validation text, by the cosine of mean outputs. Asked as you type, and when training pauses or ends.',
      this.#input,
      this.#answers,
    );
    this.waiting();
  }

  waiting(): void {
    this.#asking.enabled = false;
    this.#answers.replaceChildren(
      h('p', { class: 'waiting' }, 'Once training begins: the five sentences that the model finds most like yours.'),
    );
  }

  /** From now on it asks whenever the person types. */
  ready(): void {
    this.#asking.enabled = true;
  }

  ask(): void {
    this.ready();
    this.#asking.ask(true);
  }

  /** The device is gone: earlier answers stay visible. */
  stop(): void {
    this.#asking.enabled = false;
  }

  #show({ step, sentences }: SimilarSentences): void {
    const rows = sentences.map(({ text, cosine }) =>
      h(
        'li',
        { style: `--share: ${Math.max(0, cosine).toFixed(4)}` },
        h('span', {}, text),
        h('span', { class: 'share' }, cosine.toFixed(3)),
      ),
    );
    this.#answers.replaceChildren(h('ol', { 'aria-label': `At step ${count(step)}` }, ...rows));
  }
}
