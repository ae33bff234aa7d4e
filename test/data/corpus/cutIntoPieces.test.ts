import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cutIntoPieces } from '../../../src/data/corpus/cutIntoPieces.ts';
import type { DocumentMode } from '../../../src/data/corpus/textPiece.ts';
import { collect, from } from '../collect.ts';

/** The documents of a text that comes in chunks of `size` characters, and its longest piece. */
async function documents(
  text: string,
  mode: DocumentMode,
  size: number,
): Promise<{ documents: string[]; longest: number }> {
  const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
  const result: string[] = [];
  let open = '';
  let longest = 0;
  for (const { text, ends } of await collect(cutIntoPieces(from(chunks), mode))) {
    open += text;
    longest = Math.max(longest, text.length);
    if (ends) {
      result.push(open);
      open = '';
    }
  }
  assert.is(open, '', 'a document is left open');
  return { documents: result, longest };
}

test('blank lines part documents, however chunks fall', async () => {
  const text = '\n\n  \none\ntwo\n\nthree\n \t\r\n\n\n four\r\n\r\nfive\n\n  \n';
  for (let size = 1; size <= text.length; size++) {
    const found = (await documents(text, 'blank-line', size)).documents.map((document) => document.trim());
    assert.equal(found, ['one\ntwo', 'three', 'four', 'five'], `chunks of ${size}`);
  }
});

test('lines end in LF, CR LF or CR alone, in any mixture', async () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = ['', 'one', 'two', '', 'three', ' \t', '', 'four', '', ''].join(end);
    for (let size = 1; size <= text.length; size++) {
      const found = (await documents(text, 'blank-line', size)).documents.map((document) => document.trim());
      assert.equal(found, [`one${end}two`, 'three', 'four'], `${JSON.stringify(end)} in chunks of ${size}`);
    }
  }
  const mixed = 'one\r\ntwo\r\r\nthree\n\rfour\r\n\rfive';
  for (let size = 1; size <= mixed.length; size++)
    assert.equal(
      (await documents(mixed, 'blank-line', size)).documents.map((document) => document.trim()),
      ['one\r\ntwo', 'three', 'four', 'five'],
    );
});

test('text without a space, or of nothing but spaces, is not looked at over and over as it comes', async () => {
  for (const [mode, what] of [
    ['blank-line', 'x'],
    ['file', ' '],
  ] as const) {
    const chunks = Array.from({ length: 1000 }, () => what.repeat(2048));
    const began = performance.now();
    const pieces = await collect(cutIntoPieces(from([...chunks, 'end']), mode));
    assert.ok(performance.now() - began < 6000, `${performance.now() - began} ms`); // it took a minute
    assert.is(pieces.map(({ text }) => text).join(''), `${chunks.join('')}end`);
  }
});

test('words stay whole where a long one came before them', async () => {
  const words = ['x'.repeat(300_000), 'y'.repeat(70_000), ...Array.from({ length: 30_000 }, (_, i) => `w${i}`)];
  for (const size of [1000, 65_536, 99_999]) {
    const text = ` ${words.join(' ')}`;
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.slice(i * size, (i + 1) * size),
    );
    const pieces = await collect(cutIntoPieces(from(chunks), 'file'));
    assert.equal(
      pieces.flatMap(({ text }) => text.trim().split(' ')).filter((word) => word !== ''),
      words,
    );
  }
});

test('a file is one document, blank lines and all', async () => {
  assert.equal((await documents('one\n\ntwo\n\n', 'file', 3)).documents, ['one\n\ntwo\n\n']);
});

test('blank text holds no document', async () => {
  for (const mode of ['file', 'blank-line'] as const)
    assert.equal((await documents(' \n\n \t', mode, 2)).documents, []);
});

test('a line of megabytes comes in small pieces that cut no word and lose nothing', async () => {
  const text = 'word and another '.repeat(200_000).trimEnd();
  const { documents: found, longest } = await documents(text, 'blank-line', 100_000);
  assert.is(found.length, 1);
  assert.is(found[0], text);
  assert.ok(longest < 200_000, `a piece of ${longest}`);
  const pieces = await collect(cutIntoPieces(from([text]), 'file'));
  assert.ok(pieces.length > 1);
  for (const { text: piece } of pieces) assert.match(piece, /^(\s?(word|and|another)(?=\s|$))+$/);
});

test('a blank line after many megabytes still ends the document', async () => {
  const long = 'abc '.repeat(100_000);
  const { documents: found } = await documents(`${long}\n\nnext`, 'blank-line', 4096);
  assert.equal(
    found.map((document) => document.trim()),
    [long.trim(), 'next'],
  );
});

test('a document that ends where a piece was cut still ends', async () => {
  const long = 'abc '.repeat(30_000);
  assert.equal((await documents(long, 'file', long.length)).documents, [long]);
  const { documents: found } = await documents(`${long}\n\nnext`, 'blank-line', long.length);
  assert.is(found.length, 2);
});

test('text without any space is cut all the same, but not within a character', async () => {
  const text = `x${'😀'.repeat(1_200_000)}`;
  const pieces = await collect(cutIntoPieces(from([text]), 'file'));
  assert.ok(pieces.length > 1);
  assert.is(pieces.map((piece) => piece.text).join(''), text);
  for (const { text: piece } of pieces) assert.not.match(piece, /^[\udc00-\udfff]/);
});

test.run();
