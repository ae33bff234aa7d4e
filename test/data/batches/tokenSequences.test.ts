import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { documentParts } from '../../../src/data/batches/documentParts.ts';
import { documentSequences, packedSequences } from '../../../src/data/batches/tokenSequences.ts';
import { memoryTokenStore } from '../../../src/data/store/tokenStore.ts';
import { smallTokenizer } from '../smallTokenizer.ts';

const CLS = 2;
const SEP = 3;
const tokenizer = smallTokenizer(2000);

/** Documents of random sizes in a store, and those of them (with gaps) that are used. */
function example(seed: string, sizes: number) {
  const random = seedrandom(seed);
  const documents = Array.from({ length: 60 }, () =>
    Array.from({ length: 1 + Math.floor(random() * sizes) }, () => 5 + Math.floor(random() * 1995)),
  );
  const offsets = [0];
  for (const document of documents) offsets.push(offsets.at(-1)! + document.length);
  const used = documents.flatMap((_, i) => (random() < 0.7 ? [i] : []));
  return {
    store: memoryTokenStore(Int32Array.from(documents.flat()), Float64Array.from(offsets), 2000),
    parts: documentParts(used.map((i) => [offsets[i], offsets[i + 1]] as const)),
    documents: used.map((i) => documents[i]),
  };
}

test('packing loses nothing but a tail of less than one sequence', async () => {
  for (const sizes of [1, 3, 40, 300])
    for (const length of [3, 8, 16, 127]) {
      const { store, parts, documents } = example(`${sizes}/${length}`, sizes);
      const stream = documents.flatMap((document) => document.concat(SEP));
      const sequences = packedSequences(store, parts, tokenizer, length);
      const found: number[] = [];
      for (let i = 0; i < sequences.count; i++) {
        const ids = await sequences.at(i);
        assert.is(ids.length, length);
        assert.is(ids[0], CLS);
        found.push(...ids.slice(1));
      }
      assert.equal(found, stream.slice(0, found.length));
      assert.ok(stream.length - found.length < length - 1, `${stream.length - found.length} dropped`);
    }
});

test('without packing each sequence is a stretch of one document, and none is lost', async () => {
  for (const sizes of [1, 14, 15, 100])
    for (const length of [3, 16]) {
      const { store, parts, documents } = example(`${sizes}/${length}`, sizes);
      const sequences = documentSequences(store, parts, tokenizer, length);
      const expected = documents.flatMap((document) => {
        const pieces: number[][] = [];
        for (let at = 0; at < document.length; at += length - 2)
          pieces.push([CLS, ...document.slice(at, at + length - 2), SEP]);
        return pieces;
      });
      const found: number[][] = [];
      for (let i = 0; i < sequences.count; i++) found.push([...(await sequences.at(i))]);
      assert.equal(found, expected);
    }
});

test.run();
