import { reasonOf } from '../../connect.ts';
import type { EngineApi, Filled, StepAnswers } from '../../protocol.ts';
import { Asking } from './asking.ts';
import { h, segments } from '../dom.ts';
import { EXAMPLES } from './examples.ts';
import { count, percent } from '../format.ts';
import { panel } from '../panel.ts';
import type { Recording } from '../recorded/recording.ts';

const TOP = 5;

/** A sentence with blanks, and what the model puts there: now, and at earlier steps. */
export class FillPanel {
  readonly #input = h('input', {
    type: 'text',
    id: 'sentence',
    value: EXAMPLES[0],
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-label': 'A sentence with [MASK] where a word is to be guessed',
  });
  readonly #answers = h('div', { class: 'answers' });
  readonly #asking: Asking<Filled>;
  readonly #trained: HTMLElement;
  #mask = 0;
  #filled: Filled | undefined;
  /** What to show until there is a model to ask. */
  #recording: { readonly recording: Recording; readonly step: number } | undefined;

  /** @param opened is called when the model that comes with the page can be asked */
  constructor(engine: EngineApi, opened: () => void) {
    const askTrained = (): Promise<void> =>
      engine.openTrained().then(
        () => {
          this.ask(true);
          opened();
        },
        (error: unknown) => this.#refuse(reasonOf(error).what),
      );
    this.#trained = h(
      'p',
      { class: 'actions' },
      h('button', { type: 'button', click: () => void askTrained() }, 'Ask a trained one'),
      h('span', { class: 'fine' }, 'Any sentence, now: it is fetched, about 1 MB.'),
    );
    this.#asking = new Asking(
      () => engine.fillMask(this.#input.value.replaceAll(/_{2,}|▁+/g, '[MASK]'), TOP),
      (filled) => this.#show(filled),
      (reason) => this.#refuse(reason),
    );
    this.#input.addEventListener('input', () => this.#again());
    const chips = EXAMPLES.map((text) =>
      h('button', { type: 'button', class: 'chip', click: () => this.#take(text) }, text.replace('[MASK]', '▁▁▁')),
    );
    const insert = h('button', { type: 'button', click: () => this.#insert() }, 'Insert [MASK]');
    this.#asking.whileSeen(
      panel(
        'fill',
        'Fill in the blank',
        'Asked again as it learns, with earlier answers for comparison.',
        h('div', { class: 'ask' }, this.#input, insert),
        h('div', { class: 'chips', role: 'group', 'aria-label': 'Examples' }, ...chips),
        this.#answers,
      ),
    );
    this.waiting();
  }

  /** No model is there yet. */
  waiting(): void {
    this.#asking.enabled = false;
    if (this.#recording) return this.#showRecorded();
    this.#refuse(
      'Once training begins, this shows the five likeliest words for the blank, and what the model would have said at earlier steps.',
    );
  }

  /** Shows what a recorded run answered, as far as a step, unless a model is there to be asked. */
  recorded(recording: Recording, step: number): void {
    this.#recording = { recording, step };
    if (!this.#asking.enabled) this.#showRecorded();
  }

  /** @param atOnce a person waits for it */
  ask(atOnce = false): void {
    this.#asking.enabled = true;
    this.#asking.ask(atOnce);
  }

  /** The device is gone: earlier answers stay visible. */
  stop(): void {
    this.#asking.enabled = false;
  }

  #take(text: string): void {
    this.#input.value = text;
    this.#again();
  }

  #again(): void {
    if (this.#asking.enabled) this.#asking.ask(true);
    else this.#showRecorded();
  }

  #showRecorded(): void {
    const { recording, step } = this.#recording ?? {};
    if (!recording || step === undefined) return;
    const at = recording.examples
      .find(({ text }) => text === this.#input.value)
      ?.at.filter((answers, i) => answers.step <= step || i === 0);
    if (!at) this.#refuse('The recorded run was asked the examples only.');
    else this.#show({ tokens: [], masks: [{ at }] });
    this.#answers.append(this.#trained);
  }

  #insert(): void {
    const { selectionStart, selectionEnd, value } = this.#input;
    const [from, to] = [selectionStart ?? value.length, selectionEnd ?? value.length];
    this.#input.setRangeText('[MASK]', from, to, 'end');
    this.#input.focus();
    this.#again();
  }

  #refuse(reason: string): void {
    this.#answers.replaceChildren(h('p', { class: 'waiting' }, reason));
  }

  #show(filled: Filled): void {
    this.#filled = filled;
    this.#mask = Math.min(this.#mask, filled.masks.length - 1);
    const choose =
      filled.masks.length > 1
        ? segments(
            'Which blank',
            filled.masks.map((_, i) => ({ value: i, text: `Blank ${i + 1}` })),
            this.#mask,
            (mask) => {
              this.#mask = mask;
              if (this.#filled) this.#show(this.#filled);
            },
          )
        : undefined;
    const { at } = filled.masks[this.#mask];
    const earlier = at.slice(0, -1).toReversed();
    this.#answers.replaceChildren(
      ...(choose ? [choose] : []),
      moment(at[at.length - 1], true),
      h(
        'div',
        { class: 'moments', role: 'group', 'aria-label': 'Earlier answers' },
        ...earlier.map((one) => moment(one, false)),
      ),
    );
  }
}

/** The answers of one step. */
function moment({ step, guesses }: StepAnswers, now: boolean): HTMLElement {
  const rows = guesses.map(({ token, probability }) =>
    h(
      'li',
      { style: `--share: ${probability.toFixed(4)}` },
      h('span', { class: 'word' }, token),
      h('span', { class: 'share' }, percent(probability)),
    ),
  );
  const title = now ? `Now, step ${count(step)}` : step === 0 ? 'Untrained' : `Step ${count(step)}`;
  return h('section', { class: now ? 'moment now' : 'moment' }, h('h3', {}, title), h('ol', {}, ...rows));
}
