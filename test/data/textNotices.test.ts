import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryTokenStore } from '../../src/data/store/tokenStore.ts';
import { noticeUnknown } from '../../src/data/textNotices.ts';
import { rejects } from './rejects.ts';
import { smallTokenizer } from './smallTokenizer.ts';

const [UNKNOWN, SEPARATOR, MASK, WORD] = [1, 3, 4, 5];

/** The notices of a text with so many of each id. */
function notices(counts: Readonly<Record<number, number>>): string[] {
  const ids = Object.entries(counts).flatMap(([id, count]) => Array.from({ length: count }, () => Number(id)));
  const found: string[] = [];
  noticeUnknown(
    memoryTokenStore(Int32Array.from(ids), Float64Array.of(0, ids.length), 10),
    smallTokenizer(10),
    (event) => {
      if ('notice' in event) found.push(event.notice);
    },
  );
  return found;
}

test('the share of [UNK] is told from 1 % on', () => {
  assert.equal(notices({ [UNKNOWN]: 9, [WORD]: 991 }), []);
  const [notice, ...more] = notices({ [UNKNOWN]: 209, [WORD]: 791 });
  assert.match(notice, /^20\.9 % of the tokens are \[UNK\] and never learnt/);
  assert.equal(more, []);
  assert.match(notices({ [UNKNOWN]: 10, [WORD]: 990 })[0], /^1 % of/);
});

test('special tokens written in the text are told with their number', () => {
  assert.equal(notices({ [MASK]: 12, [SEPARATOR]: 1, [WORD]: 991 }), [
    'the text has special tokens written in it, which are taken for such and never learnt: [SEP] 1 time, [MASK] 12 times',
  ]);
});

test('a text of which the tokenizer knows nothing gets an error', () =>
  rejects(
    () => notices({ [UNKNOWN]: 99, [MASK]: 1 }),
    /knows none of the text's words: all 100 tokens are special, 99 of them \[UNK\]/,
  ));

test.run();
