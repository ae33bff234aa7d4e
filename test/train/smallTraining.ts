import { Bert } from '../../src/bert/Bert.ts';
import type { MaskedInput } from '../../src/bert/Bert.ts';
import type { OpenedData } from '../../src/data/openedData.ts';
import type { Config } from '../../src/train/config/table/table.ts';
import { dataFromTexts } from '../../src/data/dataFromTexts.ts';
import type { Device } from '../../src/kernels/device.ts';
import { alone } from '../../src/ranks/communicator.ts';
import type { Communicator } from '../../src/ranks/communicator.ts';
import { openOptimizer } from '../../src/train/optimizer/openOptimizer.ts';
import { resolveConfig } from '../../src/train/config/resolveConfig.ts';
import { dataOptions } from '../../src/train/config/dataOptions.ts';
import { firstBatches } from '../../src/train/evaluate/firstBatches.ts';
import type { Observer, Training } from '../../src/train/loop.ts';
import { LowestLoss } from '../../src/train/length/lowestLoss.ts';
import { runLength } from '../../src/train/length/runLength.ts';
import { TrainingClock } from '../../src/train/length/trainingClock.ts';
import { LossWindow } from '../../src/train/lossWindow.ts';
import { modelOptions } from '../../src/train/config/modelOptions.ts';

const words =
  'the a king queen rules over land sea and people with grace every day while birds sing loudly in old trees'.split(
    ' ',
  );
/** Sentences in which each word is followed by the next of the list: easy to learn. */
const texts = Array.from({ length: 40 }, (_, i) =>
  Array.from({ length: 30 }, (_, j) => words[(i + j) % words.length]).join(' '),
);

/** ModernBERT with a window that is narrower than a sequence, its last block local; attention matters from the first step on. */
export const modernBlocks = [
  'model={ preset: modern, layers: 2, localWindow: 6 }',
  'model.initialisation={ embedding: 0.2, linear: uniform }',
];

/** A small config, and made-up text as its data. */
export async function smallData(settings: readonly string[]): Promise<{ config: Config; data: OpenedData }> {
  const config = resolveConfig(
    `
data: { sequenceLength: 16, validation: 0.1, tokenizer: { vocabSize: 60 } }
model: { layers: 1, embeddingSize: 16, heads: 2, feedForwardSize: 24 }
train: { steps: 30, batchSize: 8, optimizer: { learningRate: 1e-2 } }
validate: { every: 1000 }
checkpoint: { every: 1000 }
`,
    'small.yaml',
    settings,
  );
  const data = await dataFromTexts(texts, { ...dataOptions(config), tokenizer: { vocabSize: 60, lowercase: true } });
  return { config, data };
}

/** A training of a small model on made-up text, without files. */
export async function smallTraining(
  device: Device,
  settings: readonly string[] = [],
  ranks: Communicator = alone,
): Promise<Training> {
  const { config, data } = await smallData(settings);
  const model = new Bert(modelOptions(config, data.tokenizer.vocabSize), config.seed).to(device);
  return {
    config,
    device,
    model,
    optimizer: openOptimizer(device, model.parameters, config.train, ranks),
    trainBatch: (index) => data.train.at(index),
    validationBatches: (): AsyncIterable<MaskedInput> => firstBatches(data.validation, 2, ranks),
    baseline: data.baseline,
    window: new LossWindow(),
    length: runLength(config, data),
    clock: new TrainingClock(),
    lowest: new LowestLoss(),
    ranks,
  };
}

/** Notes what is reported to it. */
export function notes(): Observer & { losses: number[]; steps: number[]; saved: number[]; validations: number[] } {
  const [losses, steps, saved, validations]: [number[], number[], number[], number[]] = [[], [], [], []];
  return {
    losses,
    steps,
    saved,
    validations,
    onStep: (step) => void steps.push(step),
    onTrain: (_, { loss }) => void losses.push(loss),
    onValidate: (_, { loss }) => void validations.push(loss),
    save: (step) => Promise.resolve(void saved.push(step)),
    stopRequested: () => false,
  };
}
