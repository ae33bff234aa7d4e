import { createHash } from 'node:crypto';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Communicator } from '../../../src/ranks/communicator.ts';
import { train } from '../../../src/train/loop.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { notes, smallTraining } from '../../train/smallTraining.ts';

/** What a rank has after training. */
export interface Trained {
  readonly rank: number;
  readonly losses: readonly number[];
  /** Of each parameter's bytes. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Trains a small model for 50 steps of so many micro-batches. */
export async function trained(ranks: Communicator, accumulate: number): Promise<Trained> {
  const settings = ['log.every=1', 'train.steps=50', 'train.batchSize=2', `train.accumulate=${accumulate}`];
  const training = await smallTraining(await openCpu({ threads: 1 }), settings, ranks);
  const seen = notes();
  await train(training, 0, seen);
  const parameters = [...(await readParameters(training.model.parameters))];
  await training.device.close();
  const hashes = parameters.map(([name, { data }]) => [name, createHash('sha256').update(data).digest('hex')] as const);
  return { rank: ranks.rank, losses: seen.losses, hashes: Object.fromEntries(hashes) };
}
