import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTokenizer } from '../../../src/data/tokenizer/tokenizerFile.node.ts';
import { bertTokenizerJson } from '../../../src/data/tokenizer/tokenizerJson.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { rejects } from '../rejects.ts';

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const tokens = ['[PAD]', '[unused0]', ...SPECIAL.slice(1), 'Ab', 'ab', '##c', 'é'];
const json = JSON.stringify(bertTokenizerJson([...SPECIAL, 'a'], { lowercase: true }));
const folder = temporaryFolder({
  'vocab.txt': `${tokens.join('\n')}\n`,
  'windows.txt': `\uFEFF${tokens.join('\r\n')}\r\n`,
  'twice.txt': `${[...tokens, 'ab'].join('\n')}\n`,
  'blank.txt': `[PAD]${'\n'.repeat(1_000_000)}[UNK]`, // hours, were the end of the text looked for from each line
  'hole.txt': `${tokens.join('\n\n')}\n`,
  'lacking.txt': tokens.slice(0, 5).join('\n'),
  'tokenizer.json': json,
  'marked.json': `\uFEFF${json}`,
  'broken.json': '{',
});
const ids = (vocab: string, lowercase: boolean, text: string, stripAccents?: boolean): number[] =>
  Array.from(
    openTokenizer({ vocab, lowercase, ...(stripAccents === undefined ? {} : { stripAccents }) }, folder).encode(text),
  );

test("BERT's vocab.txt is a tokenizer whose ids are its lines, for the case that is asked for", () => {
  for (const vocab of ['vocab.txt', 'windows.txt']) {
    assert.equal(ids(vocab, true, 'Ab Abc é [MASK] q'), [7, 7, 8, 2, 5, 2]);
    assert.equal(ids(vocab, true, 'é', false), [9]);
    assert.equal(ids(vocab, false, 'Ab Abc ab é'), [6, 6, 8, 7, 9]);
  }
  const tokenizer = openTokenizer({ vocab: 'vocab.txt', lowercase: true }, folder);
  assert.equal(
    [tokenizer.padId, tokenizer.unknownId, tokenizer.classId, tokenizer.separatorId, tokenizer.maskId],
    [0, 2, 3, 4, 5],
  );
  assert.is(tokenizer.isSpecial(1), false);
});

test('a vocab.txt with a fault gets an error that names the line', async () => {
  await rejects(() => ids('twice.txt', true, ''), /twice\.txt: line 11 has "ab" again \(first in line 8\)/);
  await rejects(() => ids('hole.txt', true, ''), /hole\.txt: line 2 is empty/);
  await rejects(() => ids('blank.txt', true, ''), /blank\.txt: line 2 is empty/);
  await rejects(() => ids('lacking.txt', true, ''), /lacking\.txt: it lacks \[MASK\]; expected BERT's vocab\.txt/);
  await rejects(() => ids('none.txt', true, ''), /none\.txt: cannot be read: no such file/);
});

test('a vocab.txt where its case is not told gets an error that says how', () =>
  rejects(
    () => openTokenizer('vocab.txt', folder),
    /a vocab\.txt, one token a line, .*write data\.tokenizer: \{ vocab: .*vocab\.txt, lowercase: true \}/,
  ));

test('a byte order mark in JSON is no riddle, and what is no JSON is told', async () => {
  const [plain, marked] = ['tokenizer.json', join(folder, 'marked.json')].map((path) => openTokenizer(path, folder));
  assert.equal(marked.toJson(), plain.toJson());
  await rejects(
    () => openTokenizer('broken.json', folder),
    /broken\.json: not JSON \(.*\); expected a Hugging Face tokenizer\.json/,
  );
});

test.run();
