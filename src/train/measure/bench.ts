import { Bert } from '../../bert/Bert.ts';
import { inRows } from '../../data/dataOptions.ts';
import type { Device } from '../../kernels/device.ts';
import type { KernelUse } from '../../kernels/profile.ts';
import { AdamW } from '../optimizer/adamw.ts';
import type { Config } from '../config/table/table.ts';
import { devicePeaks } from './devicePeaks.ts';
import type { DevicePeaks } from './devicePeaks.ts';
import { dryRun } from './dryRun.ts';
import { modelOptions } from '../config/modelOptions.ts';
import { expectScoresFit } from './scoresFit.ts';
import { trainStep } from '../step.ts';
import type { StepResult } from '../step.ts';
import { syntheticBatch, unpadded } from './syntheticBatch.ts';

export interface Benchmark {
  readonly device: string;
  readonly tokensPerSecond: number;
  /** Median over the timed steps. */
  readonly millisecondsPerStep: number;
  /** Bytes of device memory at the fullest moment. */
  readonly peakMemory: number;
  /** Of matrix products, over the whole step's time. */
  readonly gflopsPerSecond: number;
  /** Of large plain work on this device. */
  readonly peaks: DevicePeaks;
  /** gflopsPerSecond over that of a plain product. */
  readonly shareOfPeak: number;
  /** Times a step that the device is started. */
  readonly launches: number;
  /** Bytes that a step's kernels read and write. */
  readonly bytesMoved: number;
  readonly flops: number;
  readonly steps: number;
  /** What each kernel takes in a step, the longest first. */
  readonly kernels: readonly KernelUse[];
}

/** Steps before the clock starts: the first allocates, the second compiles what is left. */
const WARM_UP = 2;

/** Times training steps of the config on random tokens, as many in flight as training has; then one more, kernel by kernel. */
export async function bench(config: Config, vocabSize: number, device: Device, steps: number): Promise<Benchmark> {
  expectScoresFit(device, config);
  const { batchSize, accumulate, optimizer, clipNorm } = config.train;
  const options = modelOptions(config, vocabSize);
  const rows = syntheticBatch(batchSize, config.data.sequenceLength, vocabSize, config.data.masking.probability);
  const batch = inRows(config.data) ? rows : unpadded(rows);
  const model = new Bert(options, config.seed).to(device);
  const learner = { device, model, optimizer: new AdamW(device, model.parameters, { ...optimizer, clipNorm }) };
  const batches = Array.from({ length: accumulate }, () => batch);
  const run = (step: number): StepResult => trainStep(learner, batches, config.seed, step, optimizer.learningRate);
  const times = await timesOf(run, steps);
  const { peak } = device.memory;
  const kernels = await device.profile(() => settled(run(WARM_UP + steps + 1)));
  const peaks = await devicePeaks(device);
  const total = (what: 'launches' | 'bytes'): number => kernels.reduce((sum, use) => sum + use[what], 0);
  const flops = accumulate * dryRun(options, rows).flops; // the attention kernels cannot tell how much of one row they skip
  const seconds = median(times) / 1000;
  const gflopsPerSecond = flops / seconds / 1e9;
  return {
    device: device.description,
    tokensPerSecond: (accumulate * batch.tokens) / seconds,
    millisecondsPerStep: 1000 * seconds,
    peakMemory: peak,
    gflopsPerSecond,
    peaks,
    shareOfPeak: gflopsPerSecond / peaks.gflopsPerSecond,
    launches: total('launches'),
    bytesMoved: total('bytes'),
    flops,
    steps,
    kernels,
  };
}

/** Milliseconds from one step's end to the next one's; while a step is waited for, the one after it is on its way. */
async function timesOf(run: (step: number) => StepResult, steps: number): Promise<number[]> {
  const ends: number[] = [];
  let waiting = settled(run(1));
  for (let step = 2; step <= WARM_UP + steps; step++) {
    const next = settled(run(step));
    await waiting;
    ends.push(performance.now());
    waiting = next;
  }
  await waiting;
  ends.push(performance.now());
  return ends.slice(WARM_UP).map((end, i) => end - ends[WARM_UP + i - 1]);
}

async function settled({ loss, gradNorm }: StepResult): Promise<void> {
  await Promise.all([loss, gradNorm]);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
