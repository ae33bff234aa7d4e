import type { AttentionView, EngineApi } from '../../protocol.ts';
import { Asking } from './asking.ts';
import { h, segments } from '../dom.ts';
import { count } from '../format.ts';
import { HeatMap } from '../charts/heatMap.ts';
import { panel } from '../panel.ts';
import { onRepaint } from '../theme.ts';

/** Where each word of a sentence looks, by layer and head. */
export class AttentionPanel {
  readonly #input = h('input', {
    type: 'text',
    value: 'we will work with the congress to cut taxes for working families',
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-label': 'A sentence to look at',
  });
  readonly #choice = h('div', { class: 'choice' });
  readonly #heads = h('div', { class: 'heads' });
  readonly #map = new HeatMap();
  readonly #body: HTMLElement;
  readonly #waiting = h(
    'p',
    { class: 'waiting' },
    'Once training begins: a map for each head. Each row is a word, and the darker a square, the more that word takes from the word of the column.',
  );
  readonly #asking: Asking<AttentionView>;
  #layer = 0;
  #head = 0;
  #view: AttentionView | undefined;

  constructor(engine: EngineApi) {
    this.#asking = new Asking(
      () => engine.attention(this.#input.value),
      (view) => this.#show(view),
      (reason) => this.#refuse(reason),
    );
    this.#input.addEventListener('input', () => this.#asking.ask(true));
    this.#body = h(
      'div',
      { class: 'looks' },
      h('div', { class: 'pick' }, this.#choice, this.#heads),
      this.#map.element,
    );
    this.#asking.whileSeen(
      panel(
        'attention',
        'Attention',
        'What each word takes from the others, as the model is now.',
        this.#input,
        this.#waiting,
        this.#body,
      ),
    );
    this.waiting();
    onRepaint(() => this.#draw());
  }

  waiting(): void {
    this.#asking.enabled = false;
    this.#view = undefined;
    this.#waiting.hidden = false;
    this.#body.hidden = true;
  }

  ask(): void {
    this.#asking.enabled = true;
    this.#asking.ask();
  }

  stop(): void {
    this.#asking.enabled = false;
  }

  #refuse(reason: string): void {
    this.#waiting.textContent = reason;
    this.#waiting.hidden = false;
    this.#body.hidden = true;
  }

  #show(view: AttentionView): void {
    const fresh = !this.#view || this.#view.layers.length !== view.layers.length || this.#view.heads !== view.heads;
    this.#view = view;
    this.#layer = Math.min(this.#layer, view.layers.length - 1);
    this.#head = Math.min(this.#head, view.heads - 1);
    this.#waiting.hidden = true;
    this.#body.hidden = false;
    if (fresh) this.#choose(view);
    this.#draw();
  }

  #choose(view: AttentionView): void {
    const layers = view.layers.map((_, i) => ({ value: i, text: String(i + 1) }));
    this.#choice.replaceChildren(
      h('span', { class: 'fine' }, 'Block'),
      segments('Block', layers, this.#layer, (layer) => {
        this.#layer = layer;
        this.#draw();
      }),
    );
    this.#heads.replaceChildren(
      ...Array.from({ length: view.heads }, (_, head) => {
        const small = h('canvas', { 'aria-hidden': 'true' });
        return h(
          'button',
          {
            type: 'button',
            'aria-pressed': String(head === this.#head),
            click: () => {
              this.#head = head;
              this.#draw();
            },
          },
          small,
          `Head ${head + 1}`,
        );
      }),
    );
  }

  #draw(): void {
    const view = this.#view;
    if (!view) return;
    const size = view.tokens.length ** 2;
    const mapOf = (head: number): Float64Array => view.layers[this.#layer].subarray(head * size, (head + 1) * size);
    for (const [head, button] of [...this.#heads.children].entries()) {
      button.setAttribute('aria-pressed', String(head === this.#head));
      HeatMap.small(button.firstElementChild as HTMLCanvasElement, mapOf(head), view.tokens.length);
    }
    const caption = `Block ${this.#layer + 1}, head ${this.#head + 1}, step ${count(view.step)}`;
    this.#map.draw(view.tokens, mapOf(this.#head), caption);
  }
}
