/**
 * One training step of a fixed BERT, timed: the work of scripts/peers/work.ts (pre-LN BERT, 15 % of the tokens predicted, dropout
 * 0.1 on embedding, probabilities and both residuals, AdamW), one JSON line out.
 *
 *     node --import tsx scripts/bench-peer.ts --size tiny|mini|base-128|base-512 [--warmup N] [--steps N] [--max_s S]
 *                                             [--threads N] [--blas off] [--device webgpu] [--precision f16]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Bert } from '../src/bert/Bert.ts';
import { presets } from '../src/bert/presets.ts';
import { openDevice } from '../src/kernels/choose.ts';
import type { DeviceChoice, Precision } from '../src/kernels/choose.ts';
import { AdamW } from '../src/train/adamw.ts';
import { trainStep } from '../src/train/step.ts';
import { syntheticBatch } from '../src/train/syntheticBatch.ts';
import { sizes, work } from './peers/work.ts';
import type { Size } from './peers/work.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'tiny' },
    warmup: { type: 'string', default: '3' },
    steps: { type: 'string', default: '15' },
    max_s: { type: 'string', default: '25' },
    threads: { type: 'string' },
    blas: { type: 'string' },
    device: { type: 'string', default: 'cpu' },
    precision: { type: 'string', default: 'f32' },
  },
});
const size = values.size as Size;
if (!(size in sizes)) throw new Error(`--size: found ${size}; expected one of ${Object.keys(sizes).join(', ')}`);
const {
  optimizer: settings,
  vocabSize,
  rows,
  length,
  layers,
  embeddingSize,
  heads,
  feedForwardSize,
} = {
  ...work,
  ...sizes[size],
};

const device = await openDevice(values.device as DeviceChoice, {
  precision: values.precision as Precision,
  ...(values.threads !== undefined && { threads: Number(values.threads) }),
  ...(values.blas !== undefined && { blas: values.blas }),
});
const wiring = { ...presets.modern, biases: true, segments: 2, decoder: 'untied' as const };
const shape = { layers, embeddingSize, heads, feedForwardSize, vocabSize, maxLength: length, dropout: work.dropout };
const model = new Bert({ ...wiring, ...shape }, 1).to(device);
const optimizer = new AdamW(device, model.parameters, { ...settings, clipNorm: 0 });
const batch = syntheticBatch(rows, length, vocabSize, 0.15);
const least = Math.log(vocabSize);

const losses: number[] = [];
const times: number[] = [];
const begin = performance.now();
for (let step = 1; step <= Number(values.warmup) + Number(values.steps); step++) {
  const since = performance.now();
  losses.push(await trainStep({ device, model, optimizer }, [batch], 1, step, settings.learningRate).loss);
  if (step > Number(values.warmup)) times.push(performance.now() - since);
  if (performance.now() - begin > 1000 * Number(values.max_s)) break;
}
await device.close();

const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
const [first, last] = [losses[0], losses[losses.length - 1]];
console.log(
  JSON.stringify({
    peer: `bertrand ${device.description}`,
    size,
    valid: Math.abs(first - least) < 0.3 && last < first,
    tokens_per_s: Math.round((1000 * rows * length) / median),
    step_ms_median: median,
    steps: times.length,
    peak_rss_mb: peakResidentMegabytes(),
    loss_first: first,
    loss_last: last,
    notes: '',
  }),
);

function peakResidentMegabytes(): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024);
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}
