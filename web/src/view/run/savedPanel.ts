import type { EngineApi, KeptRun, Metric } from '../../protocol.ts';
import { clearAlert, say } from '../alert.ts';
import { h } from '../dom.ts';
import { bytes, count } from '../format.ts';
import { panel } from '../panel.ts';
import { language } from '../language.ts';

export interface SavedActions {
  readonly open: (name: string) => void;
  readonly openFiles: () => void;
  readonly download: (name: string) => void;
  /** Lays a run's curves under the present ones; undefined: none. */
  readonly compare: (name: string | undefined, metrics: readonly Metric[]) => void;
  readonly failed: (error: unknown, title: string) => void;
}

/** The runs that this browser keeps. */
export class SavedPanel {
  readonly #engine: EngineApi;
  readonly #actions: SavedActions;
  readonly #list = h('ul', { class: 'runs' });
  readonly #note = h('p');
  readonly #howTo = howTo();
  #compared: string | undefined;

  constructor(engine: EngineApi, actions: SavedActions) {
    this.#engine = engine;
    this.#actions = actions;
    panel(
      'saved',
      'Saved runs',
      'Kept in this browser’s private storage, each either complete or not there.',
      this.#note,
      this.#list,
      h(
        'p',
        {},
        h('button', { type: 'button', click: actions.openFiles }, 'Open a run from files'),
        ' ',
        h('span', { class: 'fine' }, 'a .zip from here, or the files of a folder that the command line wrote'),
      ),
      this.#howTo,
    );
  }

  /** Shows how a run goes on on the command line. */
  showHowTo(): void {
    this.#howTo.open = true;
    this.#howTo.scrollIntoView({ block: 'center' });
    this.#howTo.querySelector('summary')?.focus({ preventScroll: true });
  }

  /** Says why something is not kept. */
  note(text: string): void {
    if (text !== '' && text !== this.#note.textContent) say(text);
    this.#note.textContent = text;
  }

  /** @returns the run that was saved last */
  async refresh(): Promise<KeptRun | undefined> {
    const kept = await this.#engine.kept();
    const runs = kept ?? [];
    if (runs.length === 0) this.#list.replaceChildren(h('li', { class: 'waiting' }, kept ? NONE_YET : NEVER));
    else this.#list.replaceChildren(...runs.map((run) => this.#row(run)));
    if (!runs.some(({ name }) => name === this.#compared)) await this.#lay(undefined);
    return runs.find(({ step }) => step !== undefined);
  }

  /** A button that is pressed as long as the run's curves are shown. */
  #compare(name: string): HTMLElement {
    const compare = button('Compare', name, () => {
      clearAlert();
      void this.#lay(name === this.#compared ? undefined : name);
    });
    compare.dataset.compares = name;
    compare.setAttribute('aria-pressed', String(name === this.#compared));
    return compare;
  }

  /** Another run may be asked for while this one is read: the last counts. */
  async #lay(name: string | undefined): Promise<void> {
    if (name === this.#compared) return;
    this.#press(name);
    try {
      const metrics = name === undefined ? [] : await this.#engine.metricsOf(name);
      if (name === this.#compared) this.#actions.compare(name, metrics);
    } catch (error) {
      if (name === this.#compared) {
        this.#press(undefined);
        this.#actions.compare(undefined, []);
      }
      this.#actions.failed(error, 'This run cannot be compared');
    }
  }

  #press(name: string | undefined): void {
    this.#compared = name;
    for (const button of this.#list.querySelectorAll<HTMLElement>('[data-compares]'))
      button.setAttribute('aria-pressed', String(button.dataset.compares === name));
  }

  #row({ name, step, bytes: size, saved }: KeptRun): HTMLElement {
    const remove = h('button', { type: 'button', 'aria-label': `Remove ${name}` }, 'Remove');
    remove.addEventListener('click', () => {
      if (remove.dataset.sure)
        void this.#engine.removeKept(name).then(
          () => this.refresh(),
          (error: unknown) => this.#actions.failed(error, 'This run cannot be removed'),
        );
      else {
        remove.dataset.sure = 'asked';
        remove.textContent = 'Really remove?';
      }
    });
    return h(
      'li',
      {},
      h(
        'span',
        {},
        h('b', {}, name),
        h(
          'span',
          { class: 'fine' },
          ` ${step === undefined ? 'its text, no checkpoint yet' : `step ${count(step)}`}, ${bytes(size)}, ${new Date(saved).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })}`,
        ),
      ),
      h(
        'span',
        { class: 'row' },
        ...(step === undefined
          ? []
          : [
              button('Open', name, this.#actions.open),
              this.#compare(name),
              button('Download', name, this.#actions.download),
            ]),
        remove,
      ),
    );
  }
}

const NONE_YET = 'None yet. A run is saved every few hundred steps, when it is paused, and at its end.';
const NEVER = 'None: this browser keeps no files for this page. Download a run before you leave the page or close it.';

const button = (what: string, name: string, act: (name: string) => void): HTMLElement =>
  h('button', { type: 'button', 'aria-label': `${what} ${name}`, click: () => act(name) }, what);

function howTo(): HTMLDetailsElement {
  const code = (text: string): HTMLElement => h('pre', {}, text);
  return h(
    'details',
    {},
    h('summary', {}, 'From here to the command line, and back'),
    h('p', {}, 'A download unpacks to a run’s folder. In the project’s folder:'),
    code(
      'unzip browser.zip\nnpx bertrand pretrain runs/browser/config.yaml --resume\nnpx bertrand evaluate runs/browser\nnpx bertrand fill-mask runs/browser "the [MASK] of the union"',
    ),
    h('p', {}, 'The other way round: drop a run’s folder on this page, or its .zip.'),
  );
}
