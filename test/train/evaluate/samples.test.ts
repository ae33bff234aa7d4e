import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bert } from '../../../src/bert/Bert.ts';
import { presets } from '../../../src/bert/presets.ts';
import { makeBatch, oneRow, paddedRows } from '../../../src/data/batches/makeBatch.ts';
import { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';
import { bertTokenizerJson } from '../../../src/data/tokenizer/tokenizerJson.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { renderSamples, samples } from '../../../src/train/evaluate/samples.ts';

const device = openReference();
const names = 'one two three four five six seven eight nine ten'.split(' ');
const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...names, '##ly', '1', '22', '.', 'में', '##22'];
const tokenizer = Tokenizer.fromJson(bertTokenizerJson(tokens, { lowercase: true, stripAccents: false }));
const sizes = {
  layers: 1,
  embeddingSize: 8,
  heads: 2,
  feedForwardSize: 12,
  dropout: 0,
  vocabSize: tokens.length,
  maxLength: 12,
};
const model = new Bert({ ...presets.diagram, ...sizes }, 1).to(device);

/** What is asked of sequences of such words, `count` of them, each sequence a row or all in one. */
async function asked(sequences: readonly string[], count: number, layout = paddedRows): Promise<string[]> {
  const masked = sequences.map((words) => {
    const ids = Int32Array.from(['[CLS]', ...words.split(' '), '[SEP]'], (token) => tokenizer.idOf(token)!);
    return { ids, original: ids, positions: [] };
  });
  const batch = makeBatch(masked, layout(masked, layout === oneRow ? 60 : 12), tokenizer.padId, 0);
  return (await samples(device, model, tokenizer, batch, count)).map(({ truth }) => truth);
}

test('each sequence gives one sample, and none gives two', async () => {
  for (const layout of [paddedRows, oneRow]) {
    assert.equal(await asked(names.slice(0, 4), 8, layout), names.slice(0, 4));
    assert.equal(await asked(names.slice(0, 4), 4, layout), names.slice(0, 4));
    assert.equal(await asked(names, 4, layout), ['one', 'three', 'six', 'eight']);
  }
});

test('a sequence without a word to ask for takes no place of another', async () => {
  assert.equal(await asked(['one', '[UNK]', 'two', '[UNK] [UNK]', 'three'], 3), ['one', 'two', 'three']);
});

test('words are asked for before numbers, whole ones before pieces, and pieces before nothing', async () => {
  assert.equal(await asked(['1 one . ##ly . two 22 three'], 1), ['two']);
  assert.equal(await asked(['. 1 . 22 .'], 1), ['22']);
  assert.equal(await asked(['1 ##22'], 1), ['##22']);
  assert.equal(await asked(['. . .'], 1), ['.']);
  assert.equal(await asked(['में 1 22 .'], 1), ['में']);
});

test('a text with nothing to ask for gives no sample, and says why', async () => {
  assert.equal(await asked(['[UNK] [UNK]', '[UNK]'], 8), []);
  assert.match(renderSamples([]), /none: the first validation batch has nothing but special tokens/);
});

test.run();
