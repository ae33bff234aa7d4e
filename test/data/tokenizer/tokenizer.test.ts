import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { piecesOfTexts } from '../../../src/data/corpus/textPiece.ts';
import { BulkEncoder } from '../../../src/data/tokenizer/bulkEncoder.ts';
import { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';
import { bertTokenizerJson } from '../../../src/data/tokenizer/tokenizerJson.ts';
import { trainTokenizer } from '../../../src/data/tokenizer/trainTokenizer.ts';
import { rejects } from '../rejects.ts';

const text = "The quick brown fox doesn't jump over the naïve dogs; dogs jump. 1984 漢字 漢 Ελλάς ΕΛΛΑΣ ".repeat(3);
const uncased = await trainTokenizer(piecesOfTexts([text]), { vocabSize: 150, lowercase: true });
const cased = await trainTokenizer(piecesOfTexts([text]), { vocabSize: 150, lowercase: false });

const hard = [
  '',
  ' \n\t ',
  'plain words jump',
  'naïve NAÏVE e\u0301 ÅNGSTRÖM ﬁne İstanbul ß',
  'ΕΛΛΑΣ ΕΛΛΆΣ. ΣΑΣ',
  '漢字漢字 and漢mixed字 \u{20000}',
  '😀 👩‍👩‍👧 jump😀over 🇫🇷',
  `${'a'.repeat(101)} ${'dog'.repeat(33)} ${'dogs'.repeat(3000)} fox`,
  'con\u0000trol\u0007 ch\u200bars\ufeff and \ufffd soft\u00adhyphen',
  'no\u00a0break\u3000wide\u2028line\u000bvertical\u000cfeed\u0085next',
  '1984, 19.84; $5+5=10 <tag> ^`~| “quotes” — dash… ¿que?',
  "don't doesn't can't ##ing # # ##",
  'the [MASK] fox [mask] [PAD][UNK]x[CLS]y[SEP] [MASK',
  '__proto__ constructor toString',
  '\r\nlines\r\nof\rall\nkinds',
  'dogs, jump over. '.repeat(2000),
];

for (const [name, tokenizer] of Object.entries({ uncased, cased })) {
  test(`${name}: bulk encoding gives the ids that encoding the whole text gives`, () => {
    const encoder = new BulkEncoder(tokenizer);
    for (const round of [1, 2])
      // the second time from what is kept
      for (const sample of hard) {
        const ids = Array.from(encoder.encode(sample));
        assert.equal(ids, Array.from(tokenizer.encode(sample)), `${round}: ${sample.slice(0, 60)}`);
      }
  });

  test(`${name}: a tokenizer.json read back is the same tokenizer`, async () => {
    const again = Tokenizer.fromJson(JSON.parse(JSON.stringify(tokenizer.toJson())));
    for (const sample of hard) assert.equal(again.encode(sample), tokenizer.encode(sample));
    assert.is(await again.fingerprint(), await tokenizer.fingerprint());
  });
}

test('another vocabulary or another case has another fingerprint', async () => {
  assert.is.not(await cased.fingerprint(), await uncased.fingerprint());
  assert.match(await cased.fingerprint(), /^[0-9a-f]{64}$/);
});

test('bulk encoding keeps to the rules of a tokenizer whose tokens span spaces', () => {
  const json = uncased.toJson();
  const id = uncased.vocabSize;
  const added = { ...json.added_tokens[0], id, content: 'quick brown', special: false };
  const tokenizer = Tokenizer.fromJson({ ...json, added_tokens: [...json.added_tokens, added] });
  const ids = Array.from(new BulkEncoder(tokenizer).encode('the quick brown fox'));
  assert.ok(ids.includes(id));
  assert.equal(ids, Array.from(tokenizer.encode('the quick brown fox')));
});

test('special tokens have the ids of their order and no word is special', () => {
  assert.equal(
    [uncased.padId, uncased.unknownId, uncased.classId, uncased.separatorId, uncased.maskId],
    [0, 1, 2, 3, 4],
  );
  assert.equal(Array.from({ length: uncased.vocabSize }, (_, id) => uncased.isSpecial(id)).lastIndexOf(true), 4);
  assert.equal(Array.from(uncased.encode('[PAD] [MASK]')), [0, 4]);
});

test('encoding adds no special tokens and decoding joins pieces', () => {
  const ids = uncased.encode('The quick brown fox jump.');
  assert.not(Array.from(ids).some((id) => uncased.isSpecial(id)));
  assert.is(uncased.decode(ids), 'the quick brown fox jump.');
  assert.is(uncased.decode([]), '');
});

test('decoding cleans up token by token, as the decoder says', () => {
  const text = "The 'end' of it.";
  const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'end', 'of', 'it', "'", '.', '##n'];
  const json = bertTokenizerJson(tokens, { lowercase: true });
  const tokenizer = Tokenizer.fromJson(json);
  assert.is(tokenizer.decode(tokenizer.encode(text)), "the ' end ' of it.");
  const untouched = Tokenizer.fromJson({ ...json, decoder: { type: 'WordPiece', prefix: '##', cleanup: false } });
  assert.is(untouched.decode(untouched.encode(text)), "the ' end ' of it .");
});

test('tokens and ids name each other', () => {
  for (let id = 0; id < uncased.vocabSize; id++) {
    assert.is(uncased.idOf(uncased.tokenOf(id)), id);
    assert.is(uncased.isContinuation(id), uncased.tokenOf(id).startsWith('##'));
  }
  assert.is(uncased.idOf('no such token'), undefined);
});

test('an id outside the vocabulary is reported', async () => {
  await rejects(() => uncased.tokenOf(9999), /token id 9999 is outside the vocabulary of/);
  await rejects(() => uncased.decode([5, -1]), /token id -1 is outside/);
});

const good = bertTokenizerJson(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', '##b'], { lowercase: true });
const model = (changes: object): object => ({ ...good, model: { ...good.model, ...changes } });
const faults: [string, unknown, RegExp][] = [
  ['no object', [1], /^my\.json: the top level is not an object; expected a Hugging Face tokenizer\.json/],
  ['another model', model({ type: 'BPE' }), /model\.type is "BPE"/],
  ['no vocabulary', model({ vocab: undefined }), /model\.vocab is not an object/],
  ['an id that is no integer', model({ vocab: { ...good.model.vocab, a: 1.5 } }), /gives "a" the id 1\.5/],
  ['an id twice', model({ vocab: { ...good.model.vocab, a: 6 } }), /the id 6 to "##b" and to "a"/],
  ['a hole in the ids', model({ vocab: { ...good.model.vocab, a: 9 } }), /no token has the id 5 of 10/],
  ['no continuation', model({ continuing_subword_prefix: null }), /continuing_subword_prefix is not a string/],
  ['no unknown token', model({ unk_token: '<unk>' }), /unk_token is not in the vocabulary/],
  [
    'no mask token',
    { ...model({ vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2 } }), added_tokens: [] },
    /the vocabulary lacks \[SEP\], \[MASK\]/,
  ],
  [
    'two ids for one token',
    { ...good, added_tokens: [{ id: 7, content: '[PAD]', special: true }] },
    /added_tokens gives "\[PAD\]" the id 7, model\.vocab 0/,
  ],
  ['no list of added tokens', { ...good, added_tokens: undefined }, /added_tokens is not a list/],
  ['no decoder', { ...good, decoder: 'WordPiece' }, /decoder is not an object/],
  ['an unknown normalizer', { ...good, normalizer: { type: 'Nonsense' } }, /^my\.json: .*Nonsense/],
];
for (const [what, json, message] of faults)
  test(`a tokenizer.json with ${what} gets an error that names it`, () =>
    rejects(() => Tokenizer.fromJson(json, 'my.json'), message));

test.run();
