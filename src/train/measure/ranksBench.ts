import type { Device } from '../../kernels/device.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import type { Config } from '../config/table/table.ts';
import type { PieceWait } from '../parallel/gradientSum.ts';
import { GradientSum } from '../parallel/gradientSum.ts';
import { expectEqualShares } from '../parallel/microBatches.ts';
import { parallelStep } from '../parallel/parallelStep.ts';
import { expectScoresFit } from './scoresFit.ts';
import { WARM_UP, median, settled, syntheticTraining } from './syntheticTraining.ts';

/** Steps of several ranks as one of them sees them. Times are medians over the timed steps. */
export interface RanksBenchmark {
  readonly device: string;
  readonly ranks: number;
  /** Of all ranks. */
  readonly tokensPerSecond: number;
  readonly millisecondsPerStep: number;
  /** For which this rank waited for the others, communication included. */
  readonly millisecondsWaited: number;
  /** Pieces of gradients, in the order in which they are added up. */
  readonly pieces: readonly { readonly bytes: number; readonly millisecondsWaited: number }[];
  /** Bytes of this rank's device memory at the fullest moment. */
  readonly peakMemory: number;
  readonly steps: number;
}

/** Times training steps of the config on random tokens, made by all ranks together. */
export async function ranksBench(
  config: Config,
  vocabSize: number,
  device: Device,
  steps: number,
  ranks: Communicator,
): Promise<RanksBenchmark> {
  expectEqualShares(ranks.size, config);
  expectScoresFit(device, config);
  const { learner, batch, tokens } = syntheticTraining(config, vocabSize, device, ranks);
  const sum = new GradientSum(ranks, device, learner.model.parameters, learner.optimizer.sharedBuckets);
  const { accumulate, optimizer } = config.train;
  const rateAt = (): number => optimizer.learningRate;
  const plan = { seed: config.seed, microBatches: accumulate, before: 0, seconds: 0, rateAt };
  const timed: { milliseconds: number; waited: number; pieces: PieceWait[] }[] = [];
  for (let step = 1; step <= WARM_UP + steps; step++) {
    const [begin, waited] = [performance.now(), ranks.waited];
    const { result } = await parallelStep(learner, ranks, sum, () => Promise.resolve(batch), { ...plan, step });
    await settled(result);
    const milliseconds = performance.now() - begin;
    if (step > WARM_UP) timed.push({ milliseconds, waited: 1000 * (ranks.waited - waited), pieces: sum.waits });
  }
  const millisecondsPerStep = median(timed.map(({ milliseconds }) => milliseconds));
  return {
    device: device.description,
    ranks: ranks.size,
    tokensPerSecond: (1000 * tokens) / millisecondsPerStep,
    millisecondsPerStep,
    millisecondsWaited: median(timed.map(({ waited }) => waited)),
    pieces: sum.waits.map(({ bytes }, i) => ({
      bytes,
      millisecondsWaited: 1000 * median(timed.map(({ pieces }) => pieces[i].seconds)),
    })),
    peakMemory: device.memory.peak,
    steps,
  };
}
