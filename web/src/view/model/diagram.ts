import type { DrawnBox, Frame } from './drawing.ts';
import { svg } from '../dom.ts';

const WIDTH = 380;
const ROW = 34;
const GAP = 12;
const INSET = 14;
const TITLE = 24;
/** Width of a sum. */
const SUM = 110;

interface Span {
  readonly top: number;
  readonly bottom: number;
}

/** Whether the norms stand after the sums. */
const isPost = ([first]: readonly (DrawnBox | Frame)[]): boolean => 'inner' in first;

/** Draws boxes from top to bottom, arrows between them, frames around; each can be chosen. */
export function diagram(
  items: readonly (DrawnBox | Frame)[],
  chosen: string,
  choose: (path: string) => void,
): SVGSVGElement {
  const drawn: SVGElement[] = [];
  const places = new Map<string, Span>();
  let y = 22;
  const text = (x: number, y: number, label: string, kind = ''): void =>
    void drawn.push(svg('text', { x, y, class: kind, 'text-anchor': 'middle' }, label));
  const arrow = (from: number, to: number): void =>
    void drawn.push(svg('path', { class: 'arrow', d: `M${WIDTH / 2} ${from}V${to - 1}`, 'marker-end': 'url(#tip)' }));

  const button = (path: string, label: string, kind: string, x: number, width: number, height: number): void => {
    const act = (): void => choose(path);
    drawn.push(
      svg(
        'g',
        {
          class: `box ${kind}`,
          role: 'button',
          tabindex: 0,
          'data-path': path,
          'aria-pressed': String(path === chosen),
          'aria-label': label,
          click: act,
          keydown: (event: KeyboardEvent) => {
            if (event.key !== 'Enter' && event.key !== ' ') return;
            event.preventDefault();
            act();
          },
        },
        svg('rect', { x, y, width, height, rx: kind === 'sum' ? height / 2 : 6 }),
        svg('text', { x: x + width / 2, y: y + height / 2 + 4.5, 'text-anchor': 'middle' }, label),
      ),
    );
  };

  const draw = (list: readonly (DrawnBox | Frame)[], inset: number): void => {
    for (const [i, item] of list.entries()) {
      if (i > 0) {
        arrow(y - GAP, y);
      }
      if ('inner' in item) frame(item, inset);
      else {
        const row = item.beside ?? [item];
        const wide = WIDTH - 2 * inset;
        const width = item.kind === 'sum' ? SUM : (wide - (row.length - 1) * 6) / row.length;
        const left = item.kind === 'sum' ? (WIDTH - width) / 2 : inset;
        const height = item.kind === 'dropout' ? 24 : ROW;
        places.set(item.path, { top: y, bottom: y + height });
        for (const [column, box] of row.entries())
          button(box.path, box.label, box.kind, left + column * (width + 6), width, height);
        y += height + GAP;
      }
    }
  };

  /** A line past a block's parts, by which its input is added to their output. */
  const residuals = (inner: readonly (DrawnBox | Frame)[], begin: number, left: number): void => {
    let from = begin;
    for (const [i, item] of inner.entries()) {
      if ('inner' in item || item.kind !== 'sum') continue;
      const { top, bottom } = places.get(item.path) as Span;
      const middle = (top + bottom) / 2;
      const d = `M${WIDTH / 2} ${from}H${left + 6}Q${left} ${from} ${left} ${from + 6}V${middle - 6}Q${left} ${middle} ${left + 6} ${middle}H${WIDTH / 2 - SUM / 2 - 1}`;
      drawn.push(svg('path', { class: 'arrow', d, 'marker-end': 'url(#tip)' }));
      const next = inner[i + 1];
      from =
        (next && !('inner' in next) && next.kind === 'norm' && i + 2 < inner.length && isPost(inner)
          ? (places.get(next.path) as Span).bottom
          : bottom) +
        GAP / 2;
    }
  };

  const frame = ({ path, label, inner }: Frame, inset: number): void => {
    const top = y;
    const place = drawn.length;
    y += TITLE + 4;
    const begin = y - 2;
    draw(inner, inset + INSET);
    residuals(inner, begin, inset + INSET / 2);
    const height = y - GAP + INSET - top;
    const act = (): void => choose(path);
    const keydown = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault(); // Space would scroll
      act();
    };
    const title = svg(
      'g',
      {
        class: 'frame',
        role: 'button',
        tabindex: 0,
        'data-path': path,
        'aria-pressed': String(path === chosen),
        'aria-label': label,
        click: act,
        keydown,
      },
      svg('rect', { x: inset, y: top, width: WIDTH - 2 * inset, height, rx: 10 }),
      svg('text', { x: inset + 12, y: top + 18 }, label),
    );
    drawn.splice(place, 0, title);
    y = top + height + GAP;
  };

  text(WIDTH / 2, 14, 'token ids', 'end');
  arrow(18, 30);
  y = 30;
  draw(items, 2);
  const tip = svg(
    'marker',
    { id: 'tip', viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 6, markerHeight: 6, orient: 'auto' },
    svg('path', { d: 'M0 0 8 4 0 8z' }),
  );
  return svg(
    'svg',
    {
      class: 'diagram',
      viewBox: `0 0 ${WIDTH} ${y}`,
      role: 'group',
      'aria-label': 'The model, from token ids to loss',
    },
    svg('defs', {}, tip),
    ...drawn,
  );
}
