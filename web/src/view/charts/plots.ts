import type uPlot from 'uplot';
import { count } from '../format.ts';
import { colour } from '../theme.ts';

const line = (name: string, width: number, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
  stroke: colour(name),
  width,
  spanGaps: true,
  points: { show: false },
  ...more,
});

const measured = (): uPlot.Series => line('--model', 2.5, { points: { show: true, size: 5, fill: colour('--model') } });

const earlier = (): uPlot.Series => line('--edge', 2.5);

/** Losses of another run, while training and on unseen text, without context and by frequency. */
export function lossOptions(width: number, shown: () => number): uPlot.Options {
  return {
    ...common(width, Math.round(Math.min(320, Math.max(200, width * 0.5))), shown),
    series: [
      {},
      earlier(),
      line('--muted', 1, { alpha: 0.65 }),
      measured(),
      line('--baseline', 1.5, { dash: [6, 5] }),
      line('--baseline', 1, { dash: [2, 5] }),
    ],
  };
}

/** Shares that are guessed right, by another run and this. */
export function accuracyOptions(width: number, shown: () => number): uPlot.Options {
  const options = common(width, 110, shown);
  return {
    ...options,
    scales: { ...options.scales, y: { range: (_, __, most) => [0, Math.max(0.1, most * 1.1)] } },
    axes: [
      options.axes[0],
      { ...options.axes[1], values: (_, ticks) => ticks.map((tick) => `${Math.round(100 * tick)} %`) },
    ],
    series: [{}, earlier(), measured()],
  };
}

function common(width: number, height: number, shown: () => number) {
  const axis = {
    stroke: colour('--muted'),
    font: `12px ${colour('--sans')}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [8, 24, 0, 0] as uPlot.Padding,
    cursor: { y: false, points: { size: 6 } },
    legend: { show: false },
    scales: { x: { time: false, range: (): [number, number] => [0, shown()] } } as uPlot.Scales,
    axes: [
      { ...axis, size: 32, values: (_: uPlot, ticks: number[]) => ticks.map(count) },
      { ...axis, size: 48 },
    ] as uPlot.Axis[],
  };
}
