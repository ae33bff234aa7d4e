import { say } from '../alert.ts';
import { h, svg } from '../dom.ts';
import { percent } from '../format.ts';
import { colour } from '../theme.ts';

const CELL = 26;
const LABEL = 92;

/** A square of tokens by tokens. One can point at it, or walk it with the arrow keys. */
export class HeatMap {
  readonly element: HTMLElement;
  readonly #says = h('p', { class: 'fine says' });
  readonly #picture = h('div', { class: 'picture' });
  #tokens: readonly string[] = [];
  #map: ArrayLike<number> = [];
  #at: readonly [number, number] = [0, 0];
  #caption = '';
  #mark: SVGRectElement | undefined;

  constructor() {
    this.element = h('figure', { class: 'heat' }, this.#picture, this.#says);
  }

  draw(tokens: readonly string[], map: ArrayLike<number>, caption: string): void {
    const moved = tokens.length !== this.#tokens.length;
    this.#tokens = tokens;
    this.#map = map;
    this.#caption = caption;
    if (moved) this.#at = [Math.min(1, tokens.length - 1), 0];
    const n = tokens.length;
    const size = LABEL + n * CELL;
    const cells = Array.from({ length: n * n }, (_, i) =>
      svg('rect', {
        x: LABEL + (i % n) * CELL,
        y: LABEL + Math.floor(i / n) * CELL,
        width: CELL - 1,
        height: CELL - 1,
        rx: 3,
        'fill-opacity': shade(map[i]),
      }),
    );
    const rows = tokens.map((token, i) =>
      svg('text', { x: LABEL - 8, y: LABEL + i * CELL + CELL * 0.68, 'text-anchor': 'end' }, shortened(token)),
    );
    const columns = tokens.map((token, i) =>
      svg(
        'text',
        { transform: `translate(${LABEL + i * CELL + CELL * 0.62} ${LABEL - 8}) rotate(-60)` },
        shortened(token),
      ),
    );
    this.#mark = svg('rect', { class: 'mark', width: CELL + 1, height: CELL + 1, rx: 4 });
    const picture = svg(
      'svg',
      {
        viewBox: `0 0 ${size + 30} ${size}`,
        style: `max-width: ${Math.round(1.25 * (size + 30))}px`,
        role: 'img',
        tabindex: 0,
        'aria-label': `${caption}. Walk the map with the arrow keys.`,
        pointermove: (event: PointerEvent) => this.#point(event, picture),
        pointerdown: (event: PointerEvent) => this.#point(event, picture),
        keydown: (event: KeyboardEvent) => this.#walk(event),
      },
      svg('g', { class: 'cells' }, ...cells),
      ...rows,
      ...columns,
      this.#mark,
    );
    const focused = this.#picture.contains(document.activeElement);
    this.#picture.replaceChildren(picture);
    if (focused) picture.focus({ preventScroll: true });
    this.#show();
  }

  /** The map alone on a small canvas, one pixel per square. */
  static small(canvas: HTMLCanvasElement, map: ArrayLike<number>, n: number): void {
    canvas.width = n;
    canvas.height = n;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.fillStyle = colour('--model');
    for (let i = 0; i < n * n; i++) {
      context.globalAlpha = shade(map[i]);
      context.fillRect(i % n, Math.floor(i / n), 1, 1);
    }
  }

  #point(event: PointerEvent, picture: SVGSVGElement): void {
    const scale = picture.viewBox.baseVal.width / picture.getBoundingClientRect().width;
    const bounds = picture.getBoundingClientRect();
    const column = Math.floor(((event.clientX - bounds.left) * scale - LABEL) / CELL);
    const row = Math.floor(((event.clientY - bounds.top) * scale - LABEL) / CELL);
    const n = this.#tokens.length;
    if (column < 0 || row < 0 || column >= n || row >= n) return;
    this.#at = [row, column];
    this.#show();
  }

  #walk(event: KeyboardEvent): void {
    const steps: Record<string, readonly [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const last = this.#tokens.length - 1;
    const within = (i: number): number => Math.max(0, Math.min(last, i));
    this.#at = [within(this.#at[0] + step[0]), within(this.#at[1] + step[1])];
    this.#show();
    say(this.#says.textContent);
  }

  #show(): void {
    const [row, column] = this.#at;
    const share = this.#map[row * this.#tokens.length + column];
    this.#mark?.setAttribute('x', String(LABEL + column * CELL - 1));
    this.#mark?.setAttribute('y', String(LABEL + row * CELL - 1));
    this.#says.textContent = `${this.#caption}: “${this.#tokens[row]}” takes ${percent(share)} from “${this.#tokens[column]}”.`;
  }
}

/** Small shares stay visible. */
const shade = (share: number): number => 0.04 + 0.96 * Math.sqrt(share);

const shortened = (token: string): string => (token.length > 11 ? `${token.slice(0, 10)}…` : token);
