import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataFromTexts } from '../../../src/data/dataFromTexts.ts';
import { sentencesOf } from '../../../web/src/engine/sentences.ts';

const sentences = [
  'the king rules over land .',
  'birds sing in old trees !',
  'so it is',
  'do people sing with grace ?',
];
const data = await dataFromTexts(
  Array.from({ length: 40 }, () => sentences.join(' ')),
  {
    seed: 1,
    batchSize: 4,
    sequenceLength: 64,
    packing: false,
    padding: true,
    textSegment: 0,
    tokenizer: { vocabSize: 90, lowercase: true },
    masking: { probability: 0.5, mask: 0.8, random: 0.2, wholeWord: false, choice: 'bernoulli' },
    validation: 0.3,
    validationProbability: 0.5,
  },
);

test('sentences of the validation text are whole, without masks, padding or repetition, cut at their ends', async () => {
  const found = await sentencesOf(data.validation, data.tokenizer);
  const plain = (text: string): string => data.tokenizer.decode(data.tokenizer.encode(text));
  const [king, birds, short, people] = sentences;
  assert.equal(found.toSorted(), [king, birds, `${short} ${people}`].map(plain).toSorted());
});

test.run();
