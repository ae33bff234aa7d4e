import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dataFromTexts } from '../../src/data/dataFromTexts.ts';
import type { DataOptions } from '../../src/data/dataOptions.ts';
import { openData } from '../../src/data/openData.node.ts';
import { batchOptions } from './dataOptions.ts';
import { rejects } from './rejects.ts';
import { texts, folder, cache, options, opened, cached } from './openDataSample.ts';

test('the first time all is made, the second time nothing', async () => {
  assert.equal((await opened()).did, ['counting words', 'building vocabulary', 'encoding']);
  assert.equal((await opened()).did, []);
  assert.equal([cached('.json').length, cached('.bin').length, readdirSync(cache).length], [1, 1, 3]);
});

test('seed, split and sequences need no new encoding; another tokenizer does', async () => {
  assert.equal((await opened({ seed: 7, validation: 0.2, sequenceLength: 32, packing: false })).did, []);
  assert.equal((await opened({ tokenizer: { vocabSize: 45, lowercase: true } })).did.at(-1), 'encoding');
  const path = `.bertrand/${cached('.json')[0]}`;
  assert.equal((await opened({ tokenizer: path })).did, []);
});

test('a corpus with another time, size or mode is encoded anew', async () => {
  assert.equal((await opened({ documents: 'blank-line' })).did.at(-1), 'encoding');
  utimesSync(join(folder, 'a.txt'), 1, 1);
  assert.equal((await opened()).did.at(-1), 'encoding');
  writeFileSync(join(folder, 'b.txt'), `${texts[1]} and more`);
  assert.equal((await opened()).did.at(-1), 'encoding');
  assert.equal((await opened()).did, []);
});

test('the fingerprint changes with the tokens and with where documents end, and with nothing else', async () => {
  const fingerprint = async (changes: Partial<DataOptions> = {}): Promise<string> =>
    (await opened(changes)).data.fingerprint();
  writeFileSync(join(folder, 'b.txt'), texts[1]);
  const before = await fingerprint();
  utimesSync(join(folder, 'a.txt'), 2, 2);
  assert.is(await fingerprint(), before);
  const tokenizer = 'own.json';
  const fromTexts = await dataFromTexts(texts, { ...batchOptions, tokenizer: { vocabSize: 50, lowercase: true } });
  writeFileSync(join(folder, tokenizer), JSON.stringify(fromTexts.tokenizer.toJson()));
  const same = await fingerprint({ tokenizer });
  writeFileSync(join(folder, 'b.txt'), texts[1].replace('hill', 'mat'));
  assert.is.not(await fingerprint({ tokenizer }), same);
  writeFileSync(join(folder, 'b.txt'), texts[1]);
  assert.is(await fingerprint({ tokenizer }), same);
});

test('the fingerprint of texts in memory changes with their tokens too', async () => {
  const { tokenizer } = await dataFromTexts(texts, { ...batchOptions, tokenizer: { vocabSize: 50, lowercase: true } });
  const fingerprints = await Promise.all(
    [texts, texts.slice(1).concat(texts[0]), [texts[0] + texts[1], texts[2]], [...texts]].map(async (some) =>
      (await dataFromTexts(some, { ...batchOptions, tokenizer })).fingerprint(),
    ),
  );
  assert.is(new Set(fingerprints).size, 3);
  assert.is(fingerprints[3], fingerprints[0]);
});

test('files and texts in memory give the same batches', async () => {
  writeFileSync(join(folder, 'b.txt'), texts[1]);
  const fromFiles = await openData(options, undefined, folder);
  const fromTexts = await dataFromTexts(texts, { ...batchOptions, tokenizer: { vocabSize: 50, lowercase: true } });
  assert.equal(fromFiles.statistics, fromTexts.statistics);
  assert.is(fromFiles.statistics.documents, 3);
  for (const step of [0, 1, 50]) assert.equal(await fromFiles.train.at(step), await fromTexts.train.at(step));
  assert.equal(await fromFiles.validation.at(0), await fromTexts.validation.at(0));
  const again = await dataFromTexts(texts, { ...batchOptions, tokenizer: fromTexts.tokenizer });
  assert.equal(await again.train.at(3), await fromTexts.train.at(3));
  await fromFiles.close();
});

test('a tokenizer file that is missing or broken gets an error that names it', async () => {
  writeFileSync(join(folder, 'broken.json'), '{');
  await rejects(
    () => opened({ tokenizer: 'none.json' }),
    /none\.json: cannot be read: no such file or folder \(ENOENT\)/,
  );
  await rejects(() => opened({ tokenizer: 'broken.json' }), /broken\.json: .*JSON/);
});

test("BERT's vocab.txt serves as a tokenizer, its path counted from the folder", async () => {
  writeFileSync(
    join(folder, 'bert.vocab'),
    ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'and', 'cat'].join('\n'),
  );
  const { did, data } = await opened({ tokenizer: { vocab: 'bert.vocab', lowercase: true } });
  assert.is(did[0], 'encoding');
  assert.is(data.tokenizer.vocabSize, 8);
  assert.ok(
    data.statistics.unknownTokens > 0.5 * data.statistics.tokens &&
      data.statistics.unknownTokens < data.statistics.tokens,
  );
  assert.match(did[1], /^\d\d\.\d % of the tokens are \[UNK\] and never learnt/);
});

test('what the alphabet and the accents of a tokenizer are to be changes the cached one', async () => {
  await opened();
  assert.equal((await opened()).did, []);
  for (const changes of [{ limitAlphabet: 5 }, { stripAccents: false }, { lowercase: false }])
    assert.is((await opened({ tokenizer: { vocabSize: 50, lowercase: true, ...changes } })).did[0], 'counting words');
});

test('blank files are told once, when they are read', async () => {
  writeFileSync(join(folder, 'blank.md'), ' \n');
  const { did } = await opened({ corpus: ['*.txt', 'blank.md'] });
  assert.equal(
    did.filter((what) => what.includes('blank')),
    ['1 of 4 files is blank and passed over: /blank.md'],
  );
});

test('a cache that cannot be written gets an error that names the option', async () => {
  writeFileSync(join(folder, 'taken'), '');
  await rejects(() => opened({ cache: 'taken' }), /cannot write .*taken.*set data\.cache/);
});

test('a corpus too small gets an error and leaves no file open', () =>
  rejects(() => opened({ batchSize: 500 }), /data\.corpus: too small: training has \d+ tokens/));

test.run();
