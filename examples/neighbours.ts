/**
 * Sentences as vectors, and the nearest neighbours of each. Here the model is new and learns from the sentences themselves;
 * `openEncoder` opens one that was pretrained.
 *
 *     node --import tsx examples/neighbours.ts
 */
import { AdamW, Bert, dataFromTexts, Embedder, mostSimilar, openDevice, trainStep } from 'bertrand-ml';

const subjects = ['the ship sailed over the', 'the farmer ploughed the', 'the pilot flew through the'];
const objects = [
  ['sea', 'bay', 'strait'],
  ['field', 'meadow', 'valley'],
  ['clouds', 'sky', 'storm'],
];
const sentences = subjects.flatMap((subject, i) => objects[i].map((object) => `${subject} ${object}`));

const device = await openDevice('cpu');
const texts = Array.from({ length: 40 }, () => sentences).flat();
const data = await dataFromTexts(texts, {
  packing: false,
  sequenceLength: 12,
  batchSize: 16,
  tokenizer: { vocabSize: 120 },
});
const { vocabSize } = data.tokenizer;
const sizes = { layers: 1, embeddingSize: 32, heads: 2, feedForwardSize: 64, maxLength: 12 };
const model = new Bert({ ...sizes, vocabSize }).to(device);
const optimizer = new AdamW(device, model.parameters);
for (let step = 1; step <= 150; step++)
  trainStep({ device, model, optimizer }, [await data.train.at(step)], 1, step, 3e-3);

const embedder = new Embedder(device, model, data.tokenizer, { pooling: 'mean' });
const { values } = await embedder.embed(sentences); // (sentences, 32), row by row
for (const [i, sentence] of sentences.entries()) {
  const [, nearest] = mostSimilar(values.subarray(32 * i, 32 * (i + 1)), values, 2); // the first is the sentence itself
  console.log(`${sentence} -> ${sentences[nearest.row]}`);
}
await device.close();
