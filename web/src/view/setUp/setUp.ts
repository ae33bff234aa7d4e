import type { Config } from '../../../../src/train/config/table/table.ts';
import type { Change, ConfigView, EngineApi, FoundDevice, PathAndBlob } from '../../protocol.ts';
import { reasonOf } from '../../connect.ts';
import { alert, say } from '../alert.ts';
import { byId, h } from '../dom.ts';
import { addressOf, changesIn } from './address.ts';
import { DevicePicker } from './devicePicker.ts';
import { Editor } from './editor.ts';
import { needs, tooLarge } from './needs.ts';
import { count, plural } from '../format.ts';
import { SIZES, changesOf, sizeOf } from './sizes.ts';
import { TextChoice } from './textChoice.ts';

/** What will be trained: simple controls, next to the config that they write. */
export class SetUp {
  readonly #engine: EngineApi;
  readonly #editor: Editor;
  readonly #devices = new DevicePicker((device) => this.change({ path: 'device', value: device }));
  readonly #text = new TextChoice((corpus) => this.#chooseText(corpus));
  readonly #needs = h('p', { class: 'fine' });
  readonly #size = h('select', { id: 'size' });
  readonly #recipe = h('select', { id: 'recipe' });
  readonly #numbers: readonly {
    readonly path: string;
    readonly input: HTMLInputElement;
    readonly of: (view: ConfigView) => number | undefined;
  }[];
  readonly #checked: (config: Config) => void;
  #view: ConfigView;
  /** Whether the config was looked at for the page's text. */
  #ours = true;
  #asked = 0;
  /** Until the config as it was last asked about has been looked at. */
  #checking: Promise<void> = Promise.resolve();

  /** @param view of the default config */
  constructor(engine: EngineApi, view: ConfigView, checked: (config: Config) => void) {
    this.#checked = checked;
    this.#engine = engine;
    this.#view = view;
    this.#editor = new Editor(
      () => (this.#asked += 1), // answers to an earlier text are out of date
      (text) => this.#check(text, []),
    );
    this.#size.append(
      ...SIZES.map(({ name, about }) => h('option', { value: name }, `${name}: ${about}`)),
      h('option', { value: '', hidden: true }, 'As written'),
    );
    this.#size.addEventListener('change', () => this.change(...changesOf(this.#size.value)));
    this.#recipe.append(...RECIPES.map(({ preset, about }) => h('option', { value: preset }, about)));
    this.#recipe.addEventListener('change', () => this.#chooseRecipe(this.#recipe.value));
    this.#numbers = [
      this.#number('train.steps', 'Steps', 100, (view) => stepsOf(view.config)),
      this.#number('train.batchSize', 'Sequences a step', 1, (view) => view.config?.train.batchSize),
      this.#number('data.sequenceLength', 'Tokens a sequence', 8, (view) => view.config?.data.sequenceLength),
    ];
    byId('choices').append(
      this.#needs,
      this.#devices.element,
      this.#text.element,
      labelled('Model', this.#size),
      labelled('Recipe', this.#recipe),
      h('div', { class: 'numbers-row' }, ...this.#numbers.map(({ input }) => labelled(input.title, input))),
    );
    byId('choices').addEventListener('submit', (event) => event.preventDefault());
    this.#show(); // at once: what a person writes before the first answer must stay
    const asked = changesIn(location.hash);
    if (asked.length > 0) {
      openSetUp(); // what somebody else has chosen is to be seen
      this.change(...asked);
    }
    byId('editor').append(
      h('button', { type: 'button', click: () => void this.#share(view) }, 'Put this set-up into the address'),
    );
  }

  /** What to train, once the config as it stands has been checked; undefined if it has mistakes or a text is missing. */
  async ready(): Promise<{ text: string; files: readonly PathAndBlob[] } | undefined> {
    if (this.#editor.text !== this.#view.text) this.#check(this.#editor.text, []);
    for (let awaited; awaited !== this.#checking;) await (awaited = this.#checking); // it may be changed while one waits
    await this.#text.own.settled();
    const checked = this.#editor.text === this.#view.text; // what checks it may not have been there
    const able = checked && this.#view.config && !this.#text.missing && !this.tooLarge;
    return able ? { text: this.#view.text, files: this.#text.files } : undefined;
  }

  /** Why the model cannot be trained here, if it is too large for the device. */
  get tooLarge(): string | undefined {
    const { estimate } = this.#view;
    return estimate && tooLarge(estimate, this.#devices.device);
  }

  /** Leads to what is in the way of training: a mistake in the config, a text that is missing, or a model that is too large. */
  showObstacle(): void {
    if (this.#view.config && this.#text.missing) return this.showText();
    openSetUp();
    if (!this.#view.config) this.#editor.goToMistake();
    else if (this.tooLarge) this.#size.focus();
  }

  /** Opens the panel of one's own text. */
  showText(): void {
    this.#text.chooseOwn();
  }

  /** Trains on text that was dropped: files, or a piece of text. */
  take(dropped: readonly PathAndBlob[] | string): void {
    this.#text.chooseOwn();
    if (typeof dropped === 'string') this.#text.own.takeText(dropped);
    else this.#text.own.take(dropped);
  }

  devices(reports: readonly FoundDevice[]): void {
    this.#devices.show(reports);
    this.#summarise();
  }

  /** Shows what will be trained as if it had just been chosen. */
  again(): void {
    if (this.#view.config) this.#checked(this.#view.config);
  }

  change(...changes: Change[]): void {
    this.#check(this.#editor.text, changes);
  }

  /** Doubles the steps of the next run. */
  lengthen(): void {
    const steps = stepsOf(this.#view.config);
    if (steps !== undefined) this.change({ path: 'train.steps', value: 2 * steps });
  }

  /** Makes the page's address one that opens with this set-up, and copies it where the browser allows. */
  async #share({ config: defaults }: ConfigView): Promise<void> {
    const { config } = this.#view;
    if (!config || !defaults) return this.#editor.goToMistake();
    history.replaceState(null, '', addressOf(config, defaults));
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    say('The address of this page now opens it with this set-up.');
  }

  #chooseText(corpus: readonly string[] | undefined): void {
    if (corpus) this.change({ path: 'data.corpus', value: corpus });
    else if (this.#text.ours !== this.#ours) this.change(); // a corpus that the page lacks is a mistake no longer
    else this.#summarise();
  }

  #chooseRecipe(preset: string): void {
    const ours = preset === 'diagram' || preset === 'codertimo';
    this.change(
      { path: 'model.preset', value: preset },
      { path: 'model.initialisation', value: ours ? { embedding: 0.5 } : undefined },
      { path: 'train.optimizer.learningRate', value: ours ? 6e-3 : 2e-3 },
    );
  }

  #check(text: string, changes: readonly Change[]): void {
    this.#checking = this.#look(text, changes).catch((error: unknown) =>
      alert('The set-up cannot be checked', reasonOf(error)),
    );
  }

  async #look(text: string, changes: readonly Change[]): Promise<void> {
    const mine = ++this.#asked;
    this.#ours = this.#text.ours;
    const view = await this.#engine.config(text, changes, !this.#ours);
    if (mine !== this.#asked) return;
    this.#view = view;
    this.#show();
    if (view.config) this.#engine.prepare(view.config.device).catch(() => {}); // what is missing, training says
  }

  #show(): void {
    const view = this.#view;
    const { config } = view;
    this.#editor.show(view);
    if (config) {
      this.#devices.choose(config.device);
      this.#text.choose(config.data.corpus);
      this.#size.value = sizeOf(config);
      this.#recipe.value = config.model.preset;
      this.#checked(config);
    }
    for (const { input, of } of this.#numbers) {
      const value = of(view);
      if (value !== undefined && document.activeElement !== input) input.value = String(value);
    }
    this.#summarise();
  }

  #number(path: string, title: string, least: number, of: (view: ConfigView) => number | undefined) {
    const input = h('input', { type: 'number', min: least, step: 1, title, inputmode: 'numeric' });
    input.addEventListener('change', () => this.change({ path, value: input.valueAsNumber || 0 }));
    return { path, input, of };
  }

  #summarise(): void {
    const { config, estimate } = this.#view;
    const summary = byId('set-up-summary');
    summary.classList.toggle('wrong', !config);
    if (!config) summary.textContent = `${plural(this.#view.problems.length, 'mistake')} in the config`;
    else {
      const { layers, embeddingSize } = config.model;
      const parts = [
        this.#devices.summary,
        this.#text.summary,
        `${plural(layers, 'block')}, ${embeddingSize} wide`,
        ...(config.train.steps === 'none' ? [] : [`${count(config.train.steps)} steps`]),
      ];
      summary.textContent = parts.join(' · ');
    }
    const plan = byId('plan');
    const needed = estimate && (this.tooLarge ?? needs(estimate, this.#devices.device));
    this.#needs.textContent = needed ?? '';
    if (config) plan.textContent = `${this.#text.about} Device: ${this.#devices.summary}. ${needed}`;
    else
      plan.replaceChildren(
        'The config has a mistake. ',
        h('button', { type: 'button', class: 'link', click: () => this.showObstacle() }, 'Show it'),
      );
    plan.classList.toggle('wrong', !config || this.tooLarge !== undefined);
    byId('start').textContent = this.#text.ours ? 'Train on the sample' : 'Train on your text';
  }
}

const RECIPES = [
  { preset: 'diagram', about: 'Diagram: the drawing below, to the letter' },
  { preset: 'crammed', about: 'Crammed: pre-LN, tied, no biases (Cramming, MosaicBERT)' },
  { preset: 'modern', about: 'ModernBERT: rotary positions, GeGLU, local attention' },
  { preset: 'bert', about: 'BERT: as Devlin et al. 2018' },
  { preset: 'codertimo', about: 'codertimo: the code behind the drawing' },
];

function openSetUp(): void {
  (byId('set-up') as HTMLDetailsElement).open = true;
}

function labelled(text: string, control: HTMLElement): HTMLElement {
  return h('label', {}, h('span', {}, text), control);
}

function stepsOf(config: Config | undefined): number | undefined {
  return config?.train.steps === 'none' ? undefined : config?.train.steps;
}
