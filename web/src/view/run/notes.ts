import type { RunSummary } from '../../protocol.ts';
import { percent } from '../../../../src/data/percent.ts';
import { byId, h } from '../dom.ts';
import { count, plural } from '../format.ts';

/** Notes on the open run's text and device: how much of the text is unknown, and the engine's notices. */
export class Notes {
  readonly #text = h('p', { class: 'fine' });
  readonly #notices = h('ul', { 'aria-label': 'Notices' });

  constructor() {
    byId('notes').append(this.#text, this.#notices);
    this.clear();
  }

  run({ data }: RunSummary): void {
    if (!data) return;
    const { documents, tokens, unknownTokens } = data;
    const unknown = unknownTokens > 0 ? percent(unknownTokens / tokens) : 'none';
    this.#text.textContent = `Text: ${plural(documents, 'document')}, ${count(tokens)} tokens, ${unknown} of them unknown ([UNK]).`;
    byId('notes').hidden = false;
  }

  /** Adds a notice, unless it is there. */
  add(notice: string): void {
    const known = Array.from(this.#notices.children, ({ textContent }) => textContent);
    if (!known.includes(notice)) this.#notices.append(h('li', {}, notice));
    byId('notes').hidden = false;
  }

  clear(): void {
    this.#text.textContent = '';
    this.#notices.replaceChildren();
    byId('notes').hidden = true;
  }
}
