import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaskedInput } from '../../src/bert/Bert.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import { train } from '../../src/train/loop.ts';
import type { Training } from '../../src/train/loop.ts';
import { evaluate } from '../../src/train/evaluate/evaluation.ts';
import { notes, smallTraining } from './smallTraining.ts';

const device = await openCpu({ threads: 1 });

/** The same batch, but each token sees nothing except itself: not even its position. */
function withoutContext<B extends MaskedInput>(batch: B): B {
  const spans = Int32Array.from(batch.spans, (_, i) => ((i >> 1) % batch.length) + (i % 2));
  return { ...batch, spans };
}

/** Batches that training never came to: the training text under other masks, so that counts and text agree. */
function fresh({ trainBatch }: Training): Promise<MaskedInput[]> {
  return Promise.all(Array.from({ length: 100 }, (_, i) => trainBatch(10_000 + i)));
}

test('a trained model that sees no context comes to the context-free loss; one that does, far below', async () => {
  const settings = [
    'train.steps=1500',
    'model.dropout=0',
    'train.optimizer.learningRate=5e-3',
    'model.embeddingSize=32',
    'train.batchSize=16',
  ];
  const seeing = await smallTraining(device, settings);
  const blind: Training = {
    ...(await smallTraining(device, settings)),
    trainBatch: async (index) => withoutContext(await seeing.trainBatch(index)),
  };
  for (const training of [seeing, blind]) await train(training, 0, notes());
  const without = await evaluate(device, blind.model, await fresh(blind), blind.baseline);
  const withContext = await evaluate(device, seeing.model, await fresh(seeing), seeing.baseline);
  const { contextFreeLoss, unigramLoss } = without;
  assert.ok(contextFreeLoss < unigramLoss - 0.2, `${contextFreeLoss} by the seen token, ${unigramLoss} by frequency`);
  assert.ok(Math.abs(without.loss - contextFreeLoss) < 0.03, `${without.loss}, expected ${contextFreeLoss}`);
  assert.ok(withContext.loss < contextFreeLoss - 1, `${withContext.loss}, expected far below ${contextFreeLoss}`);
});

test.run();
