/**
 * What padding costs: training steps on the same sequences, of lengths uniform in 1 ... L as in Rand (2024), padded to L and
 * unpadded, in turn. First both must give the same loss with dropout off; then dropout is 0.1.
 *
 *     node --import tsx scripts/bench-padding.ts [--device cpu] [--threads N] [--size tiny|mini] [--sequences 16] [--longest 1023] [--steps 5] [--json]
 */
import { parseArgs } from 'node:util';
import { Bert } from '../src/bert/Bert.ts';
import { presets } from '../src/bert/presets.ts';
import { openDevice } from '../src/kernels/choose.ts';
import type { DeviceChoice } from '../src/kernels/choose.ts';
import { AdamW } from '../src/train/adamw.ts';
import { trainStep } from '../src/train/step.ts';
import type { Learner, TrainingBatch } from '../src/train/step.ts';
import { syntheticLengths } from '../src/train/syntheticBatch.ts';

const sizes = {
  tiny: { layers: 2, embeddingSize: 128, heads: 2, feedForwardSize: 512 },
  mini: { layers: 4, embeddingSize: 256, heads: 4, feedForwardSize: 1024 },
};
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
const options = { ...presets.modern, ...sizes[size], vocabSize: 8192, maxLength: longest };
const batches = syntheticLengths(count, longest, options.vocabSize, 0.15);
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };
const device = await openDevice(values.device as DeviceChoice, threads);

const { padded, unpadded } = batches;
const [a, b] = [await lossOf(padded), await lossOf(unpadded)];
if (!(Math.abs(a - b) < 1e-5 * a)) throw new Error(`losses differ: padded ${a}, unpadded ${b}`);

const learner = learnerWith(0.1);
const times = { padded: [] as number[], unpadded: [] as number[] };
for (let step = 1; step <= steps + 1; step++)
  for (const which of ['padded', 'unpadded'] as const) {
    const begin = performance.now();
    await trainStep(learner, [batches[which]], 1, step, 1e-4).loss;
    if (step > 1) times[which].push(performance.now() - begin);
  }
await device.close();

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((x, y) => x - y)[Math.floor(numbers.length / 2)];
const result = {
  device: device.description,
  size,
  sequences: count,
  longest,
  tokens: unpadded.tokens,
  places: padded.batch * padded.length,
  loss: { padded: a, unpadded: b },
  milliseconds: { padded: median(times.padded), unpadded: median(times.unpadded) },
  ratio: median(times.padded.map((time, i) => time / times.unpadded[i])),
};
if (values.json) console.log(JSON.stringify(result));
else {
  console.log(
    `${result.device}; ${size}; ${count} sequences of 1 to ${longest} tokens: ${result.tokens} tokens in ${result.places} padded places`,
  );
  console.log(`loss, dropout off: padded ${a.toFixed(6)}, unpadded ${b.toFixed(6)}`);
  for (const which of ['padded', 'unpadded'] as const)
    console.log(
      `${which.padEnd(9)} ${result.milliseconds[which].toFixed(0).padStart(7)} ms a step, ${Math.round((1000 * result.tokens) / result.milliseconds[which])} tokens/s`,
    );
  console.log(`unpadded is ${result.ratio.toFixed(2)} times as fast (median of ${steps} pairs)`);
}

function learnerWith(dropout: number): Learner {
  const model = new Bert({ ...options, dropout }, 1).to(device);
  const optimizer = new AdamW(device, model.parameters, {
    betas: [0.9, 0.98],
    epsilon: 1e-6,
    weightDecay: 0.01,
    clipNorm: 1,
  });
  return { device, model, optimizer };
}

/** The loss before any training, dropout off. */
async function lossOf(batch: TrainingBatch): Promise<number> {
  return trainStep(learnerWith(0), [batch], 1, 1, 0).loss;
}
