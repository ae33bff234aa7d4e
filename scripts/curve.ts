/**
 * Draws a run's learning curve as SVG: node --import tsx scripts/curve.ts RUN > curve.svg
 * Training and validation loss by step, and the loss of guessing by frequency.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Event {
  readonly event: string;
  readonly step: number;
  readonly loss: number;
  readonly unigramLoss: number;
}

const run = process.argv[2];
if (!run) throw new Error('name the folder of a run');
const events = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Event);
const training = events.filter(({ event }) => event === 'train');
const validation = events.filter(({ event }) => event === 'validate');
const unigram = validation[0]?.unigramLoss ?? NaN;

const [width, height, left, bottom] = [760, 360, 52, 40];
const losses = [...training, ...validation].map(({ loss }) => loss);
const [low, high] = [Math.floor(2 * Math.min(...losses)) / 2, Math.ceil(2 * Math.max(...losses)) / 2];
const steps = Math.max(...events.map(({ step }) => step));
const x = (step: number): string => (left + (step / steps) * (width - left - 20)).toFixed(1);
const y = (loss: number): string => (20 + ((high - loss) / (high - low)) * (height - bottom - 20)).toFixed(1);
const path = (points: readonly Event[]): string =>
  points.map(({ step, loss }, i) => `${i === 0 ? 'M' : 'L'}${x(step)} ${y(loss)}`).join('');
const ticks = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.floor((to - from) / by + 1e-9) + 1 }, (_, i) => from + i * by);
const text = (at: string, label: string, more = ''): string => `<text ${at} ${more}>${label}</text>`;
const stepGrain = 10 ** Math.floor(Math.log10(steps / 2));

console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#555">
<rect width="${width}" height="${height}" fill="#fff"/>
${ticks(low, high, 0.5)
  .map(
    (loss) =>
      `<path d="M${left} ${y(loss)}H${width - 20}" stroke="#e5e5e5"/>${text(`x="${left - 8}" y="${Number(y(loss)) + 4}"`, loss.toFixed(1), 'text-anchor="end"')}`,
  )
  .join('\n')}
${ticks(0, steps, stepGrain)
  .map((step) => text(`x="${x(step)}" y="${height - bottom + 18}"`, String(step), 'text-anchor="middle"'))
  .join('\n')}
<path d="${path(training)}" fill="none" stroke="#9ecae1" stroke-width="1.5"/>
<path d="M${left} ${y(unigram)}H${width - 20}" stroke="#d62728" stroke-dasharray="6 4"/>
<path d="${path(validation)}" fill="none" stroke="#08519c" stroke-width="2.5"/>
${validation.map(({ step, loss }) => `<circle cx="${x(step)}" cy="${y(loss)}" r="3" fill="#08519c"/>`).join('')}
${text(`x="${width - 24}" y="${Number(y(unigram)) - 6}"`, `guessing by frequency ${unigram.toFixed(2)}`, 'text-anchor="end" fill="#d62728"')}
${text(`x="${width - 24}" y="36"`, 'validation loss', 'text-anchor="end" fill="#08519c"')}
${text(`x="${width - 24}" y="54"`, 'training loss (masked more often)', 'text-anchor="end" fill="#6baed6"')}
${text(`x="${(width + left) / 2}" y="${height - 6}"`, 'step', 'text-anchor="middle"')}
${text(`x="14" y="${height / 2}" transform="rotate(-90 14 ${height / 2})"`, 'loss (nats)', 'text-anchor="middle"')}
</svg>`);
