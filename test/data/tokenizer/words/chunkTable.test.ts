import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChunkTable } from '../../../../src/data/tokenizer/words/chunkTable.ts';

/** What a table makes of a text: the numbers of chunks it has, and new ones, which it then adds. */
function scanned(table: ChunkTable, text: string): (number | string)[] {
  const found: (number | string)[] = [];
  table.scan(
    text,
    (number) => found.push(number),
    (start, end, hash) => {
      found.push(text.slice(start, end));
      if (end - start <= 64 && !table.isFull) table.add(text, start, end, hash);
    },
  );
  return found;
}

test('chunks are numbered as they come and known again, wherever they stand', () => {
  const table = new ChunkTable(100);
  assert.equal(scanned(table, ' ab  b\tab\r\nçü 漢\n'), ['ab', 'b', 0, 'çü', '漢']);
  assert.equal(scanned(table, 'x 漢 ab\u00a0b çü'), ['x', 3, 'ab\u00a0b', 2]);
  assert.equal(Array.from({ length: table.count }, (_, i) => table.chunk(i)), ['ab', 'b', 'çü', '漢', 'x', 'ab\u00a0b']); // prettier-ignore
});

test('very many chunks are told apart, and after clear all are new', () => {
  const table = new ChunkTable(1 << 14);
  const words = Array.from({ length: 1 << 14 }, (_, i) => `w${(i * 7919) % 99_991}`);
  assert.equal(scanned(table, words.join(' ')), words);
  assert.ok(table.isFull);
  assert.equal(
    scanned(table, words.join('\n')),
    words.map((_, i) => i),
  );
  assert.equal(scanned(table, 'other'), ['other']);
  table.clear();
  assert.equal(scanned(table, `${words[5]} ${words[4]} ${words[5]}`), [words[5], words[4], 0]);
});

test('long chunks are not kept', () => {
  const table = new ChunkTable(10);
  const long = 'x'.repeat(65);
  assert.equal(scanned(table, `${long} ${long} ${'y'.repeat(64)} ${'y'.repeat(64)}`), [long, long, 'y'.repeat(64), 0]);
});

test.run();
