/**
 * A training loop of your own: a schedule, accumulated gradients, validation and early stopping.
 *
 *     node --import tsx examples/own-loop.ts
 */
import { AdamW, Bert, dataFromTexts, evaluate, learningRateAt, openDevice, trainStep } from 'bertrand-ml';

const animals = ['cat', 'dog', 'bird', 'fox', 'hen', 'cow'];
const places = ['mat', 'rug', 'roof', 'hill', 'nest', 'barn'];
const texts = Array.from({ length: 600 }, (_, i) => `the ${animals[i % 6]} sat on the ${places[i % 6]} all day`);
const device = await openDevice('cpu');
const data = await dataFromTexts(texts, {
  sequenceLength: 16,
  batchSize: 8,
  packing: false,
  tokenizer: { vocabSize: 80 },
});
const { vocabSize } = data.tokenizer;
const sizes = { layers: 1, embeddingSize: 32, heads: 2, feedForwardSize: 64, maxLength: 16 };
const model = new Bert({ ...sizes, vocabSize, dropout: 0 }).to(device);
const learner = { device, model, optimizer: new AdamW(device, model.parameters, { clipNorm: 1 }) };
const schedule = { name: 'cosine', learningRate: 1e-2, steps: 300, warmup: 20, final: 0.1, restarts: [] } as const;
const accumulate = 2;
const validation = await Promise.all(Array.from({ length: 4 }, (_, i) => data.validation.at(i)));

let best = Infinity;
for (let step = 1; step <= schedule.steps; step++) {
  const batches = await Promise.all([0, 1].map((i) => data.train.at(accumulate * (step - 1) + i)));
  trainStep(learner, batches, 1, step, learningRateAt(schedule, step));
  if (step % 50 > 0) continue;
  const { loss, accuracy } = await evaluate(device, model, validation, data.baseline);
  console.log(`step ${step}: validation loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(0)} %`);
  if (loss > best) break; // it gets worse: stop
  best = loss;
}
await device.close();
