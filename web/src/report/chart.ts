import uPlot from 'uplot';
import { h } from '../view/dom.ts';
import type { Axis } from './axis.ts';
import { nameOf, valueAt } from './curve.ts';
import type { Curve, Level } from './curve.ts';
import { axesOf, drawLevels, groupColour, joined, seriesOf, shownStretch, zoom } from './frame.ts';
import { valueTable } from './valueTable.ts';

export interface ChartOptions {
  readonly id: string;
  readonly title: string;
  /** The values' name and unit, at the axis. */
  readonly values: string;
  readonly height: number;
  readonly format: (value: number) => string;
  /** The values' axis, from the least and the greatest, those of level lines included. */
  readonly range: (least: number, greatest: number) => [number, number];
  /** Charts of one name are pointed at and zoomed together. */
  readonly together?: string;
}

/** The last value of a curve; that of a histogram's last bar says nothing. */
const endOf = ({ style, y }: Curve): number | undefined => (style === 'steps' ? undefined : y.at(-1));

/** Presses of an arrow key from one end to the other. */
const PRESSES = 50;

/** A panel with curves that a person can point at, walk with the arrow keys, zoom, and read as a table. */
export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #about = h('p', { class: 'fine' });
  readonly #plot: HTMLElement;
  readonly #readout = h('p', { class: 'readout' });
  readonly #table = h('details', { class: 'values' }, h('summary', {}, 'Values as a table'));
  #axis: Axis | undefined;
  #curves: readonly Curve[] = [];
  #levels: readonly Level[] = [];
  #drawn: uPlot | undefined;

  /** @param say speaks to screen readers */
  constructor(options: ChartOptions, say: (text: string) => void) {
    this.#options = options;
    this.#plot = h('div', {
      class: 'plot',
      tabindex: 0,
      role: 'group',
      'aria-roledescription': 'chart',
      keydown: (event: KeyboardEvent) => this.#press(event, say),
    });
    this.#table.addEventListener('toggle', () => this.#fillTable());
    const { id, title } = options;
    this.element = h(
      'section',
      { class: 'panel', id, 'aria-labelledby': `${id}-title` },
      h('h2', { id: `${id}-title` }, title),
      this.#about,
      this.#plot,
      this.#readout,
      this.#table,
    );
    new ResizeObserver(() => requestAnimationFrame(() => this.#resize())).observe(this.#plot);
  }

  /** Shows these curves in place of the last ones. */
  show(axis: Axis, curves: readonly Curve[], levels: readonly Level[], about: string): void {
    [this.#axis, this.#curves, this.#levels] = [axis, curves, levels];
    this.element.hidden = curves.length === 0;
    this.#about.textContent = about;
    const { title, format } = this.#options;
    const shown = curves
      .filter(({ style }) => style === 'bold')
      .map(
        (curve) => `${nameOf(curve)}: ${format(curve.y[0])} at first, ${format(curve.y[curve.y.length - 1])} at last`,
      );
    this.#plot.setAttribute(
      'aria-label',
      `${title} by ${axis.title}. ${shown.join('; ')}. Arrow keys read the values, plus and minus zoom, Escape shows all.`,
    );
    this.draw();
    this.#fillTable();
  }

  /** Draws from scratch, as when colours change. */
  draw(): void {
    this.#drawn?.destroy();
    this.#drawn = undefined;
    const width = this.#plot.clientWidth;
    const axis = this.#axis;
    if (width === 0 || !axis || this.#curves.length === 0) return;
    this.#drawn = new uPlot(this.#uPlotOptions(width, axis), joined(this.#curves), this.#plot);
    this.#read(undefined);
  }

  #resize(): void {
    const width = this.#plot.clientWidth;
    if (width === 0) return;
    if (this.#drawn) this.#drawn.setSize({ width, height: this.#options.height });
    else this.draw();
  }

  /** Writes what the curves are at a place, or at their ends. */
  #read(x: number | undefined): void {
    const { format } = this.#options;
    const parts = this.#curves.flatMap((curve) => {
      const value = x === undefined ? endOf(curve) : valueAt(curve, x);
      if (value === undefined) return [];
      const swatch = h('i', { class: `swatch ${curve.style}`, 'aria-hidden': 'true' });
      swatch.style.borderColor = groupColour(curve.group);
      return [' ', h('span', {}, swatch, `${nameOf(curve)} `, h('b', {}, format(value)))];
    });
    const place = parts.length === 0 ? '' : x === undefined ? 'At the end:' : `At ${this.#axis?.place(x)}:`;
    this.#readout.replaceChildren(h('span', { class: 'place' }, place), ...parts);
  }

  #press(event: KeyboardEvent, say: (text: string) => void): void {
    const plot = this.#drawn;
    if (!plot || event.ctrlKey || event.altKey || event.metaKey) return;
    const x = plot.data[0];
    const [min, max] = shownStretch(plot);
    const first = x.findIndex((place) => place >= min);
    const last = x.findLastIndex((place) => place <= max);
    const at = plot.cursor.idx ?? last;
    const stride = Math.max(1, Math.round((last - first) / PRESSES));
    const places: Readonly<Record<string, number>> = {
      ArrowLeft: at - stride,
      ArrowRight: at + stride,
      Home: first,
      End: last,
    };
    if (event.key === 'Escape') plot.setScale('x', { min: x[0], max: x[x.length - 1] });
    else if (event.key === '+') zoom(plot, x[at], 0.5);
    else if (event.key === '-') zoom(plot, x[at], 2);
    else if (event.key in places) {
      const to = Math.max(first, Math.min(last, places[event.key]));
      plot.setCursor({ left: plot.valToPos(x[to], 'x'), top: 1 });
      say(this.#readout.textContent ?? '');
    } else return;
    event.preventDefault();
  }

  #fillTable(): void {
    const [summary] = this.#table.children;
    const { title, format } = this.#options;
    const filled =
      this.#table.open && this.#axis && this.#curves.length > 0
        ? [valueTable(this.#axis, this.#curves, title, format)]
        : [];
    this.#table.replaceChildren(summary, ...filled);
  }

  #uPlotOptions(width: number, axis: Axis): uPlot.Options {
    const { height, values, format, range, together } = this.#options;
    const levels = this.#levels.map(({ value }) => value);
    return {
      width,
      height,
      padding: [12, 28, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { size: 7 },
        ...(together === undefined
          ? {}
          : { sync: { key: together, setSeries: false, scales: ['x', null] as [string, null] } }),
      },
      scales: {
        x: { time: false },
        y: { range: (_, least, greatest) => range(Math.min(least, ...levels), Math.max(greatest, ...levels)) },
      },
      axes: axesOf(axis, values, format),
      series: [{}, ...this.#curves.map(seriesOf)],
      hooks: {
        setCursor: [({ cursor: { idx }, data: [x] }) => this.#read(idx == null ? undefined : x[idx])],
        draw: [(plot) => drawLevels(plot, this.#levels)],
      },
    };
  }
}
