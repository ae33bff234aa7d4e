import { h } from '../view/dom.ts';
import type { Axis } from './axis.ts';
import { nameOf, valueAt } from './curve.ts';
import type { Curve } from './curve.ts';

const ROWS = 20;

/** What the curves are at twenty places of the axis. */
export function valueTable(
  axis: Axis,
  curves: readonly Curve[],
  title: string,
  format: (value: number) => string,
): HTMLElement {
  const begin = Math.min(...curves.map(({ x }) => x[0]));
  const end = Math.max(...curves.map(({ x }) => x[x.length - 1]));
  const head = (text: string, scope: string): HTMLElement => h('th', { scope }, text);
  const cell = (value: number | undefined): HTMLElement => h('td', {}, value === undefined ? '–' : format(value));
  const row = (place: number): HTMLElement =>
    h('tr', {}, head(axis.tick(place), 'row'), ...curves.map((curve) => cell(valueAt(curve, place))));
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `${title}: values` },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, head(axis.title, 'col'), ...curves.map((curve) => head(nameOf(curve), 'col')))),
      h('tbody', {}, ...Array.from({ length: ROWS + 1 }, (_, i) => row(begin + (i * (end - begin)) / ROWS))),
    ),
  );
}
