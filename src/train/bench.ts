import { matmulParameters } from '../autograd/matmulParameters.ts';
import { Bert } from '../bert/Bert.ts';
import type { Device } from '../kernels/device.ts';
import { AdamW } from './adamw.ts';
import type { Config } from './config/table.ts';
import { dryRun } from './dryRun.ts';
import { modelOptions } from './modelOptions.ts';
import { trainStep } from './step.ts';
import { syntheticBatch } from './syntheticBatch.ts';

export interface Benchmark {
  readonly device: string;
  readonly tokensPerSecond: number;
  /** Median over the timed steps. */
  readonly millisecondsPerStep: number;
  /** Bytes of device memory at the fullest moment. */
  readonly peakMemory: number;
  /** Of matrix products, over the whole step's time. */
  readonly gflopsPerSecond: number;
  /** Of one large matrix product on this device. */
  readonly peakGflopsPerSecond: number;
  readonly shareOfPeak: number;
  /** Kernels a step. */
  readonly launches: number;
  /** Bytes that a step's kernels read and write. */
  readonly bytesMoved: number;
  readonly flops: number;
  readonly steps: number;
}

/** Steps before the clock starts: the first allocates, the second compiles what is left. */
const WARM_UP = 2;

/** Times training steps of the config on random tokens; waits for each step's loss. */
export async function bench(config: Config, vocabSize: number, device: Device, steps: number): Promise<Benchmark> {
  const { batchSize, accumulate, optimizer, clipNorm } = config.train;
  const options = modelOptions(config, vocabSize);
  const batch = syntheticBatch(batchSize, config.data.sequenceLength, vocabSize, config.data.masking.probability);
  const model = new Bert(options, config.seed).to(device);
  const learner = { device, model, optimizer: new AdamW(device, model.parameters, { ...optimizer, clipNorm }) };
  const times: number[] = [];
  for (let step = 1; step <= WARM_UP + steps; step++) {
    const begin = performance.now();
    const { loss, gradNorm } = trainStep(
      learner,
      Array.from({ length: accumulate }, () => batch),
      config.seed,
      step,
      optimizer.learningRate,
    );
    await Promise.all([loss, gradNorm]);
    if (step > WARM_UP) times.push(performance.now() - begin);
  }
  const { peak } = device.memory;
  const cost = dryRun(options, batch, (kernel) => device.has(kernel));
  const seconds = median(times) / 1000;
  const gflopsPerSecond = (accumulate * cost.flops) / seconds / 1e9;
  const peakGflopsPerSecond = await matmulRate(device);
  return {
    device: device.description,
    tokensPerSecond: (accumulate * batch.tokens) / seconds,
    millisecondsPerStep: 1000 * seconds,
    peakMemory: peak,
    gflopsPerSecond,
    peakGflopsPerSecond,
    shareOfPeak: gflopsPerSecond / peakGflopsPerSecond,
    launches: accumulate * cost.launches,
    bytesMoved: accumulate * cost.bytes,
    flops: accumulate * cost.flops,
    steps,
  };
}

/** GFLOP/s of products of 1024 x 1024 matrices: the best of a few, since that is what a peak is. */
async function matmulRate(device: Device): Promise<number> {
  const size = 1024;
  const layout = { row: size };
  const parameters = matmulParameters({ m: size, n: size, k: size, a: layout, b: layout, c: layout });
  const a = device.upload('f32', new Float32Array(size * size).fill(0.5));
  const times: number[] = [];
  for (let i = 0; i < 8; i++) {
    const begin = performance.now();
    const { c } = device.run('matmul', { a, b: a }, parameters);
    const { y } = device.run('sum', { x: c }, { size: 1, scale: 1 });
    await device.read(y);
    times.push(performance.now() - begin);
    for (const array of [c, y]) device.free(array);
  }
  device.free(a);
  return (2 * size ** 3) / Math.min(...times) / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
