import type { ArrayStatistics } from '../../inspect/statistics.ts';
import { h, svg } from '../dom.ts';
import { short } from '../format.ts';

const HEIGHT = 44;

/** How often values occur, between the smallest and the largest. */
export function histogram(
  { histogram, least, greatest, mean, deviation }: ArrayStatistics,
  what: string,
  kind: string,
): HTMLElement {
  const most = Math.max(...histogram);
  const bars = histogram.map((many, i) => {
    const height = Math.max(many > 0 ? 1 : 0, (many / most) * HEIGHT);
    return svg('rect', { x: i * 4, y: HEIGHT - height, width: 3.2, height });
  });
  return h(
    'figure',
    { class: `histogram ${kind}` },
    svg(
      'svg',
      {
        viewBox: `0 0 ${histogram.length * 4} ${HEIGHT}`,
        preserveAspectRatio: 'none',
        role: 'img',
        'aria-label': `${what}: from ${short(least)} to ${short(greatest)}, mean ${short(mean)}, deviation ${short(deviation)}`,
      },
      ...bars,
    ),
    h('figcaption', {}, h('span', {}, short(least)), h('span', {}, what), h('span', {}, short(greatest))),
  );
}
