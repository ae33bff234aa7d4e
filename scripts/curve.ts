/**
 * Draws learning curves as SVG: node --import tsx scripts/curve.ts RUN [RUN ...] [--minutes] > curve.svg
 * Training and validation loss by step, or by minutes since the start without pauses, and the losses of guessing without
 * context and by frequency.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

interface Event {
  readonly event: string;
  readonly step: number;
  readonly loss: number;
  readonly unigramLoss: number;
  /** Not in old runs. */
  readonly contextFreeLoss?: number;
  readonly time: string;
}
interface Point {
  readonly at: number;
  readonly loss: number;
}
interface Baseline {
  readonly label: string;
  readonly loss: number;
}
interface Curves {
  readonly name: string;
  readonly training: readonly Point[];
  readonly validation: readonly Point[];
  readonly baselines: readonly Baseline[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'boolean', default: false } },
});
if (positionals.length === 0) throw new Error('name the folder of a run');
const runs = positionals.map(curvesOf);

const [width, height, left, bottom] = [760, 360, 52, 40];
const points = runs.flatMap(({ training, validation }) => [...training, ...validation]);
const losses = points.map(({ loss }) => loss);
const most = Math.max(...runs.flatMap(({ baselines }) => baselines.map(({ loss }) => loss))) + 1.5; // what is above it, in the first steps, is not shown
const [low, high] = [Math.floor(2 * Math.min(...losses)) / 2, Math.ceil(2 * Math.min(most, Math.max(...losses))) / 2];
const end = Math.max(...points.map(({ at }) => at));
const x = (at: number): string => (left + (at / end) * (width - left - 20)).toFixed(1);
const y = (loss: number): string => (20 + ((high - loss) / (high - low)) * (height - bottom - 20)).toFixed(1);
const path = (curve: readonly Point[]): string =>
  curve
    .filter(({ loss }) => loss <= high)
    .map(({ at, loss }, i) => `${i === 0 ? 'M' : 'L'}${x(at)} ${y(loss)}`)
    .join('');
const ticks = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.floor((to - from) / by + 1e-9) + 1 }, (_, i) => from + i * by);
const text = (at: string, label: string, more = ''): string => `<text ${at} ${more}>${label}</text>`;
const decade = 10 ** Math.floor(Math.log10(end / 2));
const grain = decade * ([0.5, 1, 2].find((factor) => end / decade / factor <= 10) ?? 2);
/** Of validation and of training, one run after another. */
const colours = [
  ['#08519c', '#9ecae1'],
  ['#a63603', '#fdbe85'],
  ['#006d2c', '#a1d99b'],
  ['#54278f', '#bcbddc'],
] as const;
const legend = runs.flatMap(({ name }, i) => {
  const [dark, light] = colours[i % colours.length];
  const of = runs.length > 1 ? `${name}: ` : '';
  return [
    { label: `${of}validation loss`, colour: dark },
    { label: `${of}training loss`, colour: light },
  ];
});
const baselines = new Map(
  runs.flatMap((run) => run.baselines).map(({ label, loss }) => [`${label} ${loss.toFixed(2)}`, loss]),
);

console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#555">
<rect width="${width}" height="${height}" fill="#fff"/>
${ticks(low, high, 0.5)
  .map(
    (loss) =>
      `<path d="M${left} ${y(loss)}H${width - 20}" stroke="#e5e5e5"/>${text(`x="${left - 8}" y="${Number(y(loss)) + 4}"`, loss.toFixed(1), 'text-anchor="end"')}`,
  )
  .join('\n')}
${ticks(0, end, grain)
  .map((at) => text(`x="${x(at)}" y="${height - bottom + 18}"`, String(at), 'text-anchor="middle"'))
  .join('\n')}
${runs
  .map(({ training, validation }, i) => {
    const [dark, light] = colours[i % colours.length];
    const dots = validation.map(({ at, loss }) => `<circle cx="${x(at)}" cy="${y(loss)}" r="3" fill="${dark}"/>`);
    return `<path d="${path(training)}" fill="none" stroke="${light}" stroke-width="1.5"/>
<path d="${path(validation)}" fill="none" stroke="${dark}" stroke-width="2.5"/>
${dots.join('')}`;
  })
  .join('\n')}
${[...baselines]
  .map(
    ([label, loss]) => `<path d="M${left} ${y(loss)}H${width - 20}" stroke="#d62728" stroke-dasharray="6 4"/>
${text(`x="${width - 24}" y="${Number(y(loss)) - 6}"`, label, 'text-anchor="end" fill="#d62728"')}`,
  )
  .join('\n')}
${legend.map(({ label, colour }, i) => text(`x="${width - 24}" y="${36 + 18 * i}"`, label, `text-anchor="end" fill="${colour}"`)).join('\n')}
${text(`x="${(width + left) / 2}" y="${height - 6}"`, values.minutes ? 'minutes' : 'step', 'text-anchor="middle"')}
${text(`x="14" y="${height / 2}" transform="rotate(-90 14 ${height / 2})"`, 'loss (nats)', 'text-anchor="middle"')}
</svg>`);

function curvesOf(run: string): Curves {
  const events = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  let minutes = 0;
  const placed = events.map((event, i) => {
    const paused = event.event === 'start' || event.event === 'resume';
    if (!paused) minutes += (Date.parse(event.time) - Date.parse(events[i - 1].time)) / 60_000;
    return { ...event, at: values.minutes ? minutes : event.step };
  });
  const validation = placed.filter(({ event }) => event === 'validate');
  return {
    name: basename(run),
    training: placed.filter(({ event }) => event === 'train'),
    validation,
    baselines: validation
      .slice(0, 1)
      .flatMap(({ contextFreeLoss, unigramLoss }) => [
        { label: 'by frequency', loss: unigramLoss },
        ...(contextFreeLoss === undefined ? [] : [{ label: 'without context', loss: contextFreeLoss }]),
      ]),
  };
}
