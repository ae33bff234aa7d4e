import type { Device } from '../../kernels/device.ts';
import type { KernelUse } from '../../kernels/profile.ts';
import type { Config } from '../config/table/table.ts';
import { devicePeaks } from './devicePeaks.ts';
import type { DevicePeaks } from './devicePeaks.ts';
import { dryRun, STANDARD } from './dryRun.ts';
import { expectScoresFit } from './scoresFit.ts';
import { WARM_UP, median, settled, stepTimes, syntheticTraining } from './syntheticTraining.ts';

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

/** Times training steps of the config on random tokens, as many in flight as training has; then one more, kernel by kernel. */
export async function bench(config: Config, vocabSize: number, device: Device, steps: number): Promise<Benchmark> {
  expectScoresFit(device, config);
  const { accumulate } = config.train;
  const { options, rows, tokens, run } = syntheticTraining(config, vocabSize, device);
  const times = await stepTimes(run, steps);
  const { peak } = device.memory;
  const profiled = await device.profile(() => settled(run(WARM_UP + steps + 1)));
  // From its parameters nobody can tell how much of a row attention skips.
  const { flopsBy } = dryRun(options, rows, { ...STANDARD, recompute: config.train.recompute });
  const kernels = profiled.map((use) =>
    use.kernel.startsWith('attention') ? { ...use, flops: accumulate * (flopsBy.get(use.kernel) ?? 0) } : use,
  );
  const peaks = await devicePeaks(device);
  const total = (what: 'launches' | 'bytes'): number => kernels.reduce((sum, use) => sum + use[what], 0);
  const { flops: flopsOfRows } = dryRun(options, rows);
  const flops = accumulate * flopsOfRows;
  const seconds = median(times) / 1000;
  const gflopsPerSecond = flops / seconds / 1e9;
  return {
    device: device.description,
    tokensPerSecond: tokens / seconds,
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

export interface HostBenchmark {
  readonly device: string;
  /** Median over the timed steps. */
  readonly millisecondsPerStep: number;
  /** Kernels a step. */
  readonly launches: number;
  readonly steps: number;
}

/** Times what the host does in a step, on a device that executes nothing. */
export async function hostBench(
  config: Config,
  vocabSize: number,
  device: Device,
  steps: number,
): Promise<HostBenchmark> {
  const { run } = syntheticTraining(config, vocabSize, device);
  const times = await stepTimes(run, steps);
  const kernels = await device.profile(() => settled(run(WARM_UP + steps + 1)));
  return {
    device: device.description,
    millisecondsPerStep: median(times),
    launches: kernels.reduce((sum, use) => sum + use.launches, 0),
    steps,
  };
}
