/**
 * Trains a config's model blind: each token sees only itself. Its loss must come down to the context-free baseline that
 * Bertrand shows while training, and no lower; what a real run gains below that line, it learnt from context.
 *
 *     node --import tsx scripts/context-free.ts configs/sotu.yaml [--set path=value ...]
 */
import { parseArgs } from 'node:util';
import { Bert } from '../src/bert/Bert.ts';
import type { MaskedInput } from '../src/bert/Bert.ts';
import { openData } from '../src/data/openData.node.ts';
import { openDevice } from '../src/kernels/choose.ts';
import { dataOptions } from '../src/train/config/dataOptions.ts';
import { loadConfig } from '../src/train/config/loadConfig.node.ts';
import { modelOptions } from '../src/train/config/modelOptions.ts';
import { firstBatches } from '../src/train/evaluate/firstBatches.ts';
import { train } from '../src/train/loop.ts';
import { LowestLoss } from '../src/train/length/lowestLoss.ts';
import { runLength } from '../src/train/length/runLength.ts';
import { TrainingClock } from '../src/train/length/trainingClock.ts';
import { LossWindow } from '../src/train/lossWindow.ts';
import { AdamW } from '../src/train/optimizer/adamw.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { set: { type: 'string', multiple: true, default: [] } },
});
const [path] = positionals;
if (path === undefined) throw new Error('name a config');
const config = loadConfig(path, values.set);
const data = await openData(dataOptions(config));
const device = await openDevice(config.device, config.cpu);
const model = new Bert(modelOptions(config, data.tokenizer.vocabSize), config.seed).to(device);
const { optimizer, clipNorm } = config.train;

const training = {
  config,
  device,
  model,
  optimizer: new AdamW(device, model.parameters, { ...optimizer, clipNorm }),
  trainBatch: async (index: number) => blinded(await data.train.at(index)),
  validationBatches: validation,
  baseline: data.baseline,
  window: new LossWindow(),
  length: runLength(config, data),
  clock: new TrainingClock(),
  lowest: new LowestLoss(),
};
await train(training, 0, {
  onStep: () => {},
  onTrain: () => {},
  onValidate: (step, { loss, contextFreeLoss, unigramLoss }) =>
    console.log(
      `step ${step}  loss ${loss.toFixed(4)}  without context ${contextFreeLoss.toFixed(4)}  by frequency ${unigramLoss.toFixed(4)}`,
    ),
  save: () => Promise.resolve(),
  stopRequested: () => false,
});
await data.close();
await device.close();

/** The same batch, but each token sees only itself, at position 0. */
function blinded<B extends MaskedInput>(batch: B): B {
  const spans = Int32Array.from(batch.spans, (_, i) => ((i >> 1) % batch.length) + (i % 2));
  return { ...batch, spans };
}

async function* validation(): AsyncGenerator<MaskedInput> {
  for await (const batch of firstBatches(data.validation, config.validate.batches)) yield blinded(batch);
}
