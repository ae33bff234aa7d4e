import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { piecesOfTexts } from '../../../src/data/corpus/textPiece.ts';
import { isLinearPattern } from '../../../src/data/tokenizer/linearPattern.ts';
import { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';
import { trainTokenizer } from '../../../src/data/tokenizer/trainTokenizer.ts';
import { rejects } from '../rejects.ts';

const trained = await trainTokenizer(piecesOfTexts(['some words to make a tokenizer of']), {
  vocabSize: 40,
  lowercase: true,
});
type Json = Record<string, unknown>;
const json = JSON.parse(JSON.stringify(trained.toJson())) as Json & { model: Json };
const open = (changes: Json): Tokenizer => Tokenizer.fromJson({ ...json, ...changes }, 'theirs.json');
const refused = (changes: Json, expected: RegExp): Promise<void> =>
  rejects(async () => open(changes), new RegExp(`^theirs\\.json: ${expected.source}`));

test("BERT's own shape is taken: special tokens from id 100 on, and a model that does not say its type", () => {
  const unused = Array.from({ length: 99 }, (_, i) => `[unused${i}]`);
  const tokens = ['[PAD]', ...unused, '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'hello', 'world', '##s'];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const flags = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  const added_tokens = [0, 100, 101, 102, 103].map((id) => ({ id, content: tokens[id], ...flags }));
  const untyped = { unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab };
  const named = (id: string): object => ({ id, ids: [tokens.indexOf(id)], tokens: [id] });
  const post_processor = {
    ...(json['post_processor'] as object),
    special_tokens: { '[CLS]': named('[CLS]'), '[SEP]': named('[SEP]') },
  };
  for (const model of [untyped, { type: 'WordPiece', ...untyped }]) {
    const tokenizer = open({ added_tokens, post_processor, model });
    assert.equal([...tokenizer.encode('Hello worlds [MASK] x')], [104, 105, 106, 103, 100]);
    assert.equal([tokenizer.padId, tokenizer.classId, tokenizer.maskId], [0, 101, 103]);
  }
});

test('the longest word that is looked up is bounded', async () => {
  const limit = (max_input_chars_per_word: unknown): Json => ({ model: { ...json.model, max_input_chars_per_word } });
  open(limit(256));
  for (const value of [257, 1e9, 0, -1, 1.5, '100'])
    await refused(limit(value), /model\.max_input_chars_per_word is .+, not a whole number from 1 to 256/);
});

test('parts that work on text are known ones, with all that they need', async () => {
  await refused({ normalizer: { type: 'Mystery' } }, /normalizer is of type "Mystery", not one of BertNormalizer, /);
  await refused({ normalizer: {} }, /normalizer is not an object with a type/);
  await refused({ normalizer: undefined }, /normalizer is not an object with a type/);
  await refused({ post_processor: { type: 'TemplateProcessing' } }, /post_processor\.single: /);
  await refused({ post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2] } }, /post_processor\.sep: /);
  await refused({ decoder: { type: 'WordPiece' } }, /decoder\.prefix: /);
  await refused({ normalizer: { type: 'constructor' } }, /normalizer is of type "constructor"/);
  const deep = {
    type: 'Sequence',
    normalizers: [{ type: 'NFD' }, { type: 'Sequence', normalizers: [{ type: 'Odd' }] }],
  };
  await refused({ normalizer: deep }, /normalizer\.normalizers\[1\]\.normalizers\[0\] is of type "Odd"/);
});

test('what Hugging Face tokenizers for BERT have is taken', () => {
  const normalizers = [{ type: 'NFD' }, { type: 'Lowercase' }, { type: 'StripAccents' }, { type: 'Strip' }];
  const spaces = { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' };
  const quotes = { type: 'Replace', pattern: { String: '``' }, content: '"' };
  const pretokenizers = [{ type: 'Whitespace' }, { type: 'Digits', individual_digits: true }];
  const tokenizer = open({
    normalizer: { type: 'Sequence', normalizers: [...normalizers, spaces, quotes] },
    pre_tokenizer: { type: 'Sequence', pretokenizers },
    post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] },
  });
  assert.equal(tokenizer.encode('SOME   words'), trained.encode('some words'));
});

test('a pattern that could take more than linear time is refused by name', async () => {
  for (const Regex of ['(a+)+$', 'a*a*b', '(?:x|xx)*y', '\\s+$', '(.*)*', 'a{2}{3}', '(?=a)', '\\1'])
    await refused({ normalizer: { type: 'Replace', pattern: { Regex }, content: '' } }, /normalizer\.pattern/);
});

for (const pattern of ['\\s+', ' {2,}', '[^\\w\\s]', '[\\]x]*', '\\p{L}+', '\\n', '-', 'ab\\.c', '.'])
  test(`linear: ${pattern}`, () => assert.is(isLinearPattern(pattern), pattern !== '.'));

test('no text can be made to grow without bound', async () => {
  const doubling = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' };
  const list = (count: number): Json => ({
    normalizer: { type: 'Sequence', normalizers: Array.from({ length: count }, () => doubling) },
  });
  open(list(2));
  await refused(list(3), /normalizer puts more in place of less in more than 2 parts/);
  await refused({ normalizer: { ...doubling, content: 'a'.repeat(9) } }, /normalizer\.content/);
  const many = Array.from({ length: 40 }, () => ({ type: 'NFD' }));
  await refused({ normalizer: { type: 'Sequence', normalizers: many } }, /normalizer has more than 32 parts/);
});

test('a message shows only the beginning of a long value', async () => {
  const error = await Promise.resolve()
    .then(() => open({ model: { ...json.model, type: 'x'.repeat(1e6) } }))
    .catch((reason: unknown) => reason as Error);
  assert.ok(error instanceof Error);
  assert.ok(error.message.length < 250, error.message.slice(0, 80));
});

test.run();
