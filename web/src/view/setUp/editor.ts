import type { ConfigView } from '../../protocol.ts';
import { byId, h } from '../dom.ts';
import { plural } from '../format.ts';

const PAUSE = 250;

/** The config as text, with its mistakes next to it, worded as on the command line. */
export class Editor {
  readonly #area = h('textarea', {
    id: 'yaml',
    spellcheck: 'false',
    autocapitalize: 'off',
    wrap: 'off',
    'aria-describedby': 'problems',
  });
  readonly #gutter = h('pre', { class: 'gutter', 'aria-hidden': 'true' });
  readonly #list = h('ol', { id: 'problems', class: 'problems', 'aria-live': 'polite' });
  readonly #resolved = h('pre', { class: 'resolved', tabindex: 0 });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #problems: ConfigView['problems'] = [];

  /**
   * @param typed is called at once, `changed` after a pause
   */
  constructor(typed: () => void, changed: (text: string) => void) {
    this.#area.addEventListener('input', () => {
      typed();
      this.#number();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => changed(this.#area.value), PAUSE);
    });
    this.#area.addEventListener('scroll', () => (this.#gutter.scrollTop = this.#area.scrollTop));
    byId('editor').append(
      h('label', { for: 'yaml' }, 'The same as YAML, as the command line reads it'),
      h('div', { class: 'sheet' }, this.#gutter, this.#area),
      this.#list,
      h('details', {}, h('summary', {}, 'Every key with its value'), this.#resolved),
    );
  }

  get text(): string {
    return this.#area.value;
  }

  show({ text, problems, resolved }: ConfigView): void {
    if (this.#area.value !== text) this.#area.value = text;
    this.#area.rows = Math.min(44, text.split('\n').length + 1);
    this.#problems = problems;
    this.#list.replaceChildren(
      ...problems.map(({ line, column, message }) =>
        h(
          'li',
          {},
          h(
            'button',
            { type: 'button', class: 'quiet', click: () => this.#goTo(line, column) },
            `Line ${line}, column ${column}`,
          ),
          ` ${message}`,
        ),
      ),
    );
    this.#area.setAttribute('aria-invalid', String(problems.length > 0));
    this.#area.setAttribute(
      'aria-label',
      problems.length > 0 ? `Config, ${plural(problems.length, 'mistake')}` : 'Config',
    );
    if (resolved !== undefined) this.#resolved.textContent = resolved;
    this.#number();
  }

  /** Puts the cursor where the first mistake is. */
  goToMistake(): void {
    const [first] = this.#problems;
    if (first) this.#goTo(first.line, first.column);
  }

  #number(): void {
    const lines = this.#area.value.split('\n').length;
    const wrong = new Set(this.#problems.map(({ line }) => line));
    this.#gutter.replaceChildren(
      ...Array.from({ length: lines }, (_, i) => h('span', { class: wrong.has(i + 1) ? 'wrong' : '' }, `${i + 1}\n`)),
    );
    this.#gutter.scrollTop = this.#area.scrollTop;
  }

  #goTo(line: number, column: number): void {
    const before = this.#area.value.split('\n').slice(0, line - 1);
    const at = before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
    this.#area.focus();
    this.#area.setSelectionRange(at, at);
    this.#area.scrollIntoView({ block: 'nearest' });
  }
}
