/**
 * What padding costs: training steps on the same sequences, of lengths uniform in 1 ... L as in Rand (2024), padded to L and
 * unpadded, in turn. First all must give the same loss with dropout off; then dropout is 0.1.
 *
 *     node --import tsx scripts/bench-padding.ts [--device cpu] [--threads N] [--size tiny|mini] [--sequences 16] [--longest 1023] [--steps 5] [--json]
 */
import { parseArgs } from 'node:util';
import { Bert } from '../src/bert/Bert.ts';
import { presets } from '../src/bert/presets.ts';
import { openDevice } from '../src/kernels/choose.ts';
import type { DeviceChoice } from '../src/kernels/choose.ts';
import type { OptionalKernel } from '../src/kernels/contract.ts';
import type { Device } from '../src/kernels/device.ts';
import { AdamW } from '../src/train/optimizer/adamw.ts';
import { trainStep } from '../src/train/step.ts';
import type { Learner, TrainingBatch } from '../src/train/step.ts';
import { syntheticLengths } from '../src/train/measure/syntheticBatch.ts';
import { work } from './peers/work.ts';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu' },
    threads: { type: 'string' },
    size: { type: 'string', default: 'tiny' },
    sequences: { type: 'string', default: '16' },
    longest: { type: 'string', default: '1023' },
    steps: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const [count, longest, steps] = [values.sequences, values.longest, values.steps].map(Number) as [
  number,
  number,
  number,
];
const size = values.size === 'mini' ? 'mini' : 'tiny';
const options = { ...presets.crammed, ...work.sizes[size], vocabSize: 8192, maxLength: longest };
const { padded, unpadded } = syntheticLengths(count, longest, options.vocabSize, 0.15);
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
const device = await openDevice(values.device as DeviceChoice, threads);

/** Three ways to train on them; the first is what padding costs where attention is not fused, as in eager PyTorch. */
const composed = Object.create(device, {
  has: { value: (kernel: OptionalKernel) => !kernel.startsWith('attention') && device.has(kernel) },
}) as Device;
const ways = [
  { name: 'padded, scores stored', device: composed, batch: padded },
  { name: 'padded', device, batch: padded },
  { name: 'unpadded', device, batch: unpadded },
] as const;

const losses = await Promise.all(ways.map(({ device, batch }) => step(learnerWith(0, device), batch, 1, 0)));
const spread = Math.max(...losses) / Math.min(...losses) - 1;
if (!(spread < 1e-5)) throw new Error(`losses differ: ${losses.join(', ')}`);

const learners = ways.map(({ device }) => learnerWith(0.1, device));
const times = ways.map((): number[] => []);
for (let number = 0; number <= steps; number++)
  for (const [i, { batch }] of ways.entries()) {
    const begin = performance.now();
    await step(learners[i], batch, number + 1, 1e-4);
    if (number > 0) times[i].push(performance.now() - begin);
  }
await device.close();

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((x, y) => x - y)[Math.floor(numbers.length / 2)];
const last = times[times.length - 1];
const results = ways.map(({ name }, i) => ({
  name,
  loss: losses[i],
  milliseconds: median(times[i]),
  tokensPerSecond: (1000 * unpadded.tokens) / median(times[i]),
  timesUnpadded: median(times[i].map((time, pair) => time / last[pair])),
}));
if (values.json)
  console.log(JSON.stringify({ device: device.description, size, count, longest, tokens: unpadded.tokens, results }));
else {
  console.log(device.description);
  console.log(
    `${size}, ${count} sequences of 1 to ${longest} tokens: ${unpadded.tokens} tokens, in ${padded.batch * padded.length} places when padded`,
  );
  for (const { name, loss, milliseconds, tokensPerSecond, timesUnpadded } of results)
    console.log(
      `${name.padEnd(22)} loss ${loss.toFixed(5)} (dropout off)  ${milliseconds.toFixed(0).padStart(6)} ms a step  ` +
        `${tokensPerSecond.toFixed(0).padStart(6)} tokens/s  ${timesUnpadded.toFixed(2)} x the unpadded step`,
    );
}

function learnerWith(dropout: number, device: Device): Learner {
  const model = new Bert({ ...options, dropout }, 1).to(device);
  const settings = { betas: [0.9, 0.98], epsilon: 1e-6, weightDecay: 0.01, clipNorm: 1 } as const;
  return { device, model, optimizer: new AdamW(device, model.parameters, settings) };
}

function step(learner: Learner, batch: TrainingBatch, number: number, learningRate: number): Promise<number> {
  return trainStep(learner, [batch], 1, number, learningRate).loss;
}
