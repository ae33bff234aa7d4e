/**
 * One training step of a fixed small BERT, timed: the same work as in the peers' benchmark (pre-LN BERT, vocabulary 8192,
 * 16 x 128 tokens, 307 masked, dropout 0.1 on embedding, probabilities and both residuals, AdamW), one JSON line out.
 *
 *     node --import tsx scripts/bench-peer.ts --size tiny|mini [--warmup N] [--steps N] [--max_s S] [--threads N] [--blas off]
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Bert } from '../src/bert/Bert.ts';
import { presets } from '../src/bert/presets.ts';
import { openDevice } from '../src/kernels/choose.ts';
import { AdamW } from '../src/train/adamw.ts';
import { trainStep } from '../src/train/step.ts';
import { syntheticBatch } from '../src/train/syntheticBatch.ts';

const sizes = {
  tiny: { layers: 2, embeddingSize: 128, heads: 2, feedForwardSize: 512 },
  mini: { layers: 4, embeddingSize: 256, heads: 4, feedForwardSize: 1024 },
};
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'tiny' },
    warmup: { type: 'string', default: '3' },
    steps: { type: 'string', default: '15' },
    max_s: { type: 'string', default: '25' },
    threads: { type: 'string' },
    blas: { type: 'string' },
  },
});
const size = values.size === 'mini' ? 'mini' : 'tiny';
const [vocabSize, length, rows] = [8192, 128, 16];

const device = await openDevice('cpu', {
  ...(values.threads !== undefined && { threads: Number(values.threads) }),
  ...(values.blas !== undefined && { blas: values.blas }),
});
const wiring = { ...presets.modern, biases: true, segments: 2, decoder: 'untied' as const };
const model = new Bert({ ...wiring, ...sizes[size], vocabSize, maxLength: length, dropout: 0.1 }, 1).to(device);
const optimizer = new AdamW(device, model.parameters, {
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 0,
});
const batch = syntheticBatch(rows, length, vocabSize, 307 / (rows * length));

const losses: number[] = [];
const times: number[] = [];
const begin = performance.now();
for (let step = 1; step <= Number(values.warmup) + Number(values.steps); step++) {
  const since = performance.now();
  losses.push(await trainStep({ device, model, optimizer }, [batch], 1, step, 1e-4).loss);
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
    valid: first > 8.8 && first < 9.3 && last < first,
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
