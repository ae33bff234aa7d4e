import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Communicator } from '../../../src/ranks/communicator.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { rates } from '../../../src/train/length/runLength.ts';
import { LowestLoss } from '../../../src/train/length/lowestLoss.ts';
import { TrainingClock } from '../../../src/train/length/trainingClock.ts';
import { train } from '../../../src/train/loop.ts';
import type { Ended, TrainReport } from '../../../src/train/loop.ts';
import { onRanks } from '../../ranks/ranksInMemory.ts';
import { notes, smallTraining } from '../smallTraining.ts';

interface Result extends Ended {
  readonly reports: readonly TrainReport[];
  readonly validated: readonly number[];
  readonly saved: readonly number[];
}

/** Trains on a clock on which each step takes so many milliseconds. */
async function timed(settings: readonly string[], perStep: number, ranks?: Communicator): Promise<Result> {
  let now = 0;
  const training = await smallTraining(openReference(), ['log.every=1', ...settings], ranks);
  const seen = notes();
  const reports: TrainReport[] = [];
  const [validated, saved]: number[][] = [[], []];
  const clock = new TrainingClock(0, () => now);
  const ended = await train({ ...training, clock }, 0, {
    ...seen,
    onStep: () => void (now += perStep),
    onTrain: (_, report) => void reports.push(report),
    onValidate: (step) => void validated.push(step),
    save: (step) => Promise.resolve(void saved.push(step)),
  });
  return { ...ended, reports, validated, saved };
}

const minute = 'train.minutes=0.1'; // 6 seconds

test('a run by the clock ends with the first step that ends after its minutes, with a validation and a checkpoint', async () => {
  const { step, ending, reports, validated, saved } = await timed([minute], 700);
  assert.equal([step, ending], [9, 'length']);
  assert.equal([validated, saved], [[9], [9]]);
  assert.equal(reports.map(({ seconds }) => seconds), Array.from({ length: 9 }, (_, i) => (700 * i) / 1000)); // prettier-ignore
});

test('the rate of each of its steps follows from the seconds that are logged', async () => {
  const { reports } = await timed([minute], 500);
  const { config, length } = await smallTraining(openReference(), [minute]);
  const rateAt = rates(config, length);
  for (const { learningRate, seconds } of reports) assert.is(learningRate, rateAt(0, seconds ?? -1));
  assert.ok(new Set(reports.map(({ learningRate }) => learningRate)).size > 10);
});

test('on several ranks the clock of rank 0 counts for all', async () => {
  const found = await onRanks(2, (ranks) => timed([minute, 'train.accumulate=2', 'train.batchSize=2'], ranks.rank === 0 ? 1000 : 7000, ranks)); // prettier-ignore
  assert.equal(found.map(({ step }) => step), [6, 6]); // prettier-ignore
  const [own, other] = found.map(({ reports }) => reports.map(({ learningRate, seconds }) => [learningRate, seconds]));
  assert.equal(other, own);
  assert.equal(own.map(([, seconds]) => seconds), [0, 1, 2, 3, 4, 5]); // prettier-ignore
});

test('a run that is resumed when its minutes are over makes no step', async () => {
  const training = await smallTraining(openReference(), [minute]);
  const seen = notes();
  const clock = new TrainingClock(6, () => 0);
  assert.equal(await train({ ...training, clock }, 9, seen), { step: 9, ending: 'length' });
  assert.equal(seen.steps, []);
});

test('training ends when the validation loss stays, also where the run is resumed then', async () => {
  const settings = ['validate.every=2', 'validate.patience=2', 'train.optimizer.learningRate=1e-30'];
  const { step, ending, saved } = await timed(settings, 1);
  assert.equal([step, ending, saved], [6, 'patience', [2, 6]]);
  const training = await smallTraining(openReference(), settings);
  const lowest = new LowestLoss({ step: 2, loss: 4, worse: 2 });
  assert.equal(await train({ ...training, lowest }, 6, notes()), { step: 6, ending: 'patience' });
});

test('the best is saved, unless it is not to be; so are milestones', async () => {
  const settings = ['train.steps=8', 'validate.every=3', 'train.optimizer.learningRate=1e-3'];
  assert.equal((await timed(settings, 1)).saved, [3, 6, 8]);
  assert.equal((await timed([...settings, 'checkpoint.best=false'], 1)).saved, [8]);
  assert.equal(
    (await timed([...settings, 'checkpoint.best=false', 'checkpoint.milestones=[2,5]'], 1)).saved,
    [2, 5, 8],
  );
});

test('steps with ever more micro-batches take each of the text once, and are the same however they are resumed', async () => {
  const settings = ['train.steps=6', 'train.accumulate=4', 'train.batchWarmup=4', 'log.every=1', 'train.batchSize=2'];
  const training = await smallTraining(openReference(), settings);
  const taken: number[] = [];
  const trainBatch = (index: number): ReturnType<typeof training.trainBatch> => {
    taken.push(index);
    return training.trainBatch(index);
  };
  const whole = notes();
  await train({ ...training, trainBatch }, 0, whole);
  assert.equal(
    taken,
    Array.from({ length: 1 + 2 + 3 + 4 + 4 + 4 }, (_, i) => i),
  );
  const half = await smallTraining(openReference(), settings);
  const seen = notes();
  const stop = { ...seen, stopRequested: () => seen.steps.at(-1) === 3 };
  assert.equal(await train(half, 0, stop), { step: 3, ending: 'stop' });
  await train(half, 3, seen);
  assert.equal(seen.losses, whole.losses);
});

test('where a step has fewer micro-batches than there are ranks, all of them still make the same update', async () => {
  const settings = ['train.steps=6', 'train.accumulate=4', 'train.batchWarmup=4', 'log.every=1', 'train.batchSize=2'];
  const lossesOn = async (ranks?: Communicator): Promise<number[]> => {
    const seen = notes();
    await train(await smallTraining(openReference(), settings, ranks), 0, seen);
    return seen.losses;
  };
  const one = await lossesOn();
  const found = await onRanks(4, lossesOn);
  for (const losses of found) assert.equal(losses, found[0]);
  for (const [i, loss] of one.entries()) assert.ok(Math.abs(found[0][i] - loss) < 1e-12 * loss, `step ${i + 1}`);
});

test.run();
