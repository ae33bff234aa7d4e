/**
 * Trains on your own text, asks the model and saves it.
 *
 *     node --import tsx examples/own-text.ts README.md docs/*.md
 */
import { readFileSync } from 'node:fs';
import { AdamW, Bert, dataFromTexts, fillMask, maskedSequence, openDevice, trainStep } from 'bertrand-ml';

const texts = process.argv.slice(2).map((path) => readFileSync(path, 'utf8'));
const device = await openDevice('auto'); // a GPU through WebGPU, or the cpu
const data = await dataFromTexts(texts, { sequenceLength: 32, batchSize: 16, tokenizer: { vocabSize: 1000 } });
const { vocabSize, classId, separatorId, maskId } = data.tokenizer;
const model = new Bert({ layers: 1, embeddingSize: 64, feedForwardSize: 256, maxLength: 32, vocabSize }).to(device);
const optimizer = new AdamW(device, model.parameters);
const losses: Promise<number>[] = [];

for (let step = 1; step <= 200; step++) {
  const { loss } = trainStep({ device, model, optimizer }, [await data.train.at(step)], 42, step, 3e-3);
  losses.push(loss); // awaited later, so that the device need not wait for this thread
  if (step % 50 > 0) continue;
  const last50 = await Promise.all(losses.splice(0));
  console.log(`step ${step}: loss ${(last50.reduce((sum, each) => sum + each) / 50).toFixed(3)}`);
}
const ids = Int32Array.of(classId, ...data.tokenizer.encode('npm [MASK]'), separatorId);
const [guesses] = await fillMask(device, model, maskedSequence(ids, maskId, 0), 3);
for (const { id, probability } of guesses) console.log(data.tokenizer.tokenOf(id), probability.toFixed(3));
await model.save('runs/own-text', { tokenizer: data.tokenizer, optimizer });
await device.close();
