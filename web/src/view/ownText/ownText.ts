import type { PathAndBlob } from '../../protocol.ts';
import { reasonOf } from '../../connect.ts';
import { byId, h } from '../dom.ts';
import { bytes, plural } from '../format.ts';
import { countWords } from './countWords.ts';
import { chooseFiles } from '../files.ts';
import { verdict } from './verdict.ts';

/** A file, or a long text that was pasted. */
interface Part extends PathAndBlob {
  /** Undefined until they are counted. */
  words: number | undefined;
}

/** Characters in the field; a longer text is kept as a file, since a browser's field of megabytes is slow at each key. */
const LONGEST = 50_000;
/** Milliseconds after the last key until the field is counted. */
const PAUSE = 250;

/** Text of one's own: typed, pasted, dropped or in files, counted as it comes, each part with a way to take it off. */
export class OwnText {
  readonly #changed: () => void;
  readonly #field = h('textarea', {
    rows: 5,
    'aria-label': 'Your text',
    placeholder: 'Paste or type some text here.',
  });
  readonly #list = h('ul', { class: 'parts', 'aria-label': 'Files' });
  readonly #refused = h('p', { class: 'refused', role: 'alert' });
  readonly #verdict = h('p', { class: 'verdict', role: 'status' });
  #parts: readonly Part[] = [];
  /** In the field. */
  #typed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #counting: Promise<unknown> = Promise.resolve();
  /** Why files were not taken, and what is wrong with what is typed. */
  #refusals: readonly string[] = [];
  #typedRefusal = '';

  /** @param changed is called when there is other text than before */
  constructor(changed: () => void) {
    this.#changed = changed;
    this.#field.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#look(), PAUSE);
    });
    this.#field.addEventListener('paste', (event) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text.length <= LONGEST) return;
      event.preventDefault();
      this.takeText(text);
    });
    const choose = h(
      'button',
      { type: 'button', click: () => void chooseFiles().then((files) => this.take(files)) },
      'Choose files',
    );
    byId('own-text-parts').append(
      this.#field,
      h('p', {}, choose, ' or drop them anywhere: plain text. They stay on this machine.'),
      this.#refused,
      this.#list,
      this.#verdict,
    );
    this.#show();
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0 && this.#field.value.trim() === '';
  }

  /** All of it, the field's last. */
  get files(): PathAndBlob[] {
    const text = this.#field.value;
    const typed = text.trim() === '' ? [] : [{ path: 'typed.txt', blob: new Blob([text]) }];
    return [...this.#parts.map(({ path, blob }) => ({ path, blob })), ...typed];
  }

  /** Resolves once everything is counted, and so what is no text is refused. */
  async settled(): Promise<void> {
    for (let awaited; awaited !== this.#counting;) await (awaited = this.#counting);
  }

  focus(): void {
    this.#field.focus();
  }

  takeText(text: string): void {
    this.take([{ path: 'pasted.txt', blob: new Blob([text]) }]);
  }

  /** Adds files, without those that are no text. */
  take(files: readonly PathAndBlob[]): void {
    this.#refusals = [];
    const parts = files.map(({ path, blob }): Part => ({ path, blob, words: undefined }));
    this.#parts = [...this.#parts, ...parts];
    for (const part of parts)
      this.#count(
        countWords(part).then(
          (words) => (part.words = words),
          (error: unknown) => {
            this.#parts = this.#parts.filter((other) => other !== part);
            this.#refusals = [...this.#refusals, `Not taken: ${reasonOf(error).what}.`];
          },
        ),
      );
    this.#show();
    this.#changed();
  }

  /** Counts what stands in the field. */
  #look(): void {
    const text = this.#field.value;
    this.#typedRefusal = '';
    if (text.length > LONGEST) {
      this.#field.value = '';
      this.takeText(text);
    }
    const typed = { path: 'your text', blob: new Blob([this.#field.value]) };
    this.#count(
      countWords(typed).then(
        (words) => (this.#typed = words),
        (error: unknown) => (this.#typedRefusal = `${reasonOf(error).what}.`),
      ),
    );
  }

  #count(counting: Promise<unknown>): void {
    const shown = counting.then(() => {
      this.#show();
      this.#changed();
    });
    this.#counting = Promise.all([this.#counting, shown]);
  }

  #remove(part: Part): void {
    this.#parts = this.#parts.filter((other) => other !== part);
    this.#refusals = [];
    this.#show();
    this.#changed();
    this.#field.focus(); // the button is gone
  }

  #show(): void {
    const refused = [...this.#refusals, this.#typedRefusal].filter(Boolean).join(' ');
    if (refused !== this.#refused.textContent) this.#refused.textContent = refused;
    this.#list.hidden = this.#parts.length === 0;
    this.#list.replaceChildren(
      ...this.#parts.map((part) => {
        const { path, blob, words } = part;
        const facts = `${bytes(blob.size)}, ${words === undefined ? 'counting' : plural(words, 'word')}`;
        return h(
          'li',
          {},
          h('b', {}, path.split('/').at(-1) ?? path),
          h('span', { class: 'fine' }, facts),
          h(
            'button',
            { type: 'button', 'aria-label': `Take ${path} off`, click: () => this.#remove(part) },
            'Take off',
          ),
        );
      }),
    );
    const counted = this.#parts.every(({ words }) => words !== undefined);
    this.#verdict.textContent = counted
      ? verdict(this.#parts.reduce((sum, { words = 0 }) => sum + words, this.#typed))
      : 'Counting its words.';
  }
}
