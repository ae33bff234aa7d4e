import uPlot from 'uplot';
import { colour } from '../view/theme.ts';
import type { Axis } from './axis.ts';
import type { Curve, Level } from './curve.ts';

const COLOURS = 8;
export const groupColour = (group: number): string => colour(`--run-${group % COLOURS}`);

/** Fewer points than this are shown as dots. */
const FEW = 60;

/** All curves on one axis, null where one has no value. */
export function joined(curves: readonly Curve[]): uPlot.AlignedData {
  const places = [...new Set(curves.flatMap(({ x }) => x))].toSorted((a, b) => a - b);
  const columns = curves.map(({ x, y }) => {
    const at = new Map(x.map((place, i) => [place, y[i]]));
    return places.map((place) => at.get(place) ?? null);
  });
  return [places, ...columns];
}

/** How uPlot draws a curve. */
export function seriesOf({ group, style, x }: Curve): uPlot.Series {
  const stroke = groupColour(group);
  const stepped = style === 'steps' ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    stroke,
    width: style === 'bold' ? 2.25 : 1,
    alpha: style === 'thin' ? 0.55 : 1,
    spanGaps: true,
    points: { show: style === 'bold' && x.length <= FEW, size: 5, fill: stroke },
    ...(stepped ? { paths: stepped, fill: `${stroke}38` } : {}),
  };
}

/** Both axes, named, with their units. */
export function axesOf(axis: Axis, values: string, format: (value: number) => string): uPlot.Axis[] {
  const look = {
    stroke: colour('--muted'),
    font: `12px ${colour('--sans')}`,
    labelFont: `12px ${colour('--sans')}`,
    labelSize: 20,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return [
    { ...look, label: axis.title, size: 30, space: 64, values: (_, ticks) => ticks.map(axis.tick) },
    { ...look, label: values, size: 54, values: (_, ticks) => ticks.map(format) },
  ];
}

/** Level lines over the curves, each with its name at the right end. */
export function drawLevels(plot: uPlot, levels: readonly Level[]): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * pixel}px ${colour('--sans')}`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  ctx.strokeStyle = colour('--baseline');
  ctx.fillStyle = colour('--baseline');
  ctx.lineWidth = 1.5 * pixel;
  for (const { text, value, dash } of levels) {
    const y = Math.round(plot.valToPos(value, 'y', true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.setLineDash(dash.map((length) => length * pixel));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(text, bbox.left + bbox.width - 4 * pixel, y - 3 * pixel);
  }
  ctx.restore();
}

/** Shows so many times the present stretch, around a place. */
export function zoom(plot: uPlot, around: number, times: number): void {
  const x = plot.data[0];
  const [min, max] = shownStretch(plot);
  const share = (around - min) / (max - min || 1);
  const size = (max - min) * times;
  const begin = Math.max(x[0], around - share * size);
  plot.setScale('x', { min: begin, max: Math.min(x[x.length - 1], begin + size) });
}

/** Where the shown part of the axis begins and ends. */
export function shownStretch({ data: [x], scales }: uPlot): [number, number] {
  return [scales['x'].min ?? x[0], scales['x'].max ?? x[x.length - 1]];
}
