import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TextPiece } from '../../../src/data/corpus/textPiece.ts';
import { FIELD_BYTES, HEADER_BYTES } from '../../../src/data/store/header.ts';
import { openTokenStore } from '../../../src/data/store/openTokenStore.node.ts';
import { storeInMemory } from '../../../src/data/store/storeInMemory.ts';
import type { TokenStore } from '../../../src/data/store/tokenStore.ts';
import { writeAtomically } from '../../../src/data/store/writeAtomically.node.ts';
import { writeTokenStore } from '../../../src/data/store/writeTokenStore.node.ts';
import { from } from '../collect.ts';
import { rejects } from '../rejects.ts';
import { smallTokenizer } from '../smallTokenizer.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

const folder = temporaryFolder();
const path = join(folder, 'tokens.bin');

/** Documents in pieces, among them one without a token and one of many blocks. */
function pieces(vocabSize: number): TextPiece[] {
  const random = seedrandom('pieces');
  const words = (count: number): string =>
    Array.from({ length: count }, () => `w${2 * Math.floor((random() * (vocabSize - 5)) / 2)}`).join(' ');
  return [
    { text: words(10), ends: true },
    { text: '\u0007', ends: true },
    ...Array.from({ length: 30 }, () => ({ text: words(5000), ends: false })),
    { text: '', ends: true },
    { text: words(333), ends: true },
  ];
}

async function opened(vocabSize: number): Promise<TokenStore> {
  const store = await openTokenStore(path, vocabSize);
  if (typeof store === 'string') throw new Error(store);
  return store;
}

for (const vocabSize of [1001, 65_536, 65_541])
  test(`a file holds what memory holds (vocabulary of ${vocabSize})`, async () => {
    const tokenizer = smallTokenizer(vocabSize);
    const memory = await storeInMemory(from(pieces(vocabSize)), tokenizer);
    await writeTokenStore(path, from(pieces(vocabSize)), tokenizer);
    const file = await opened(vocabSize);
    assert.is(file.tokens, 10 + 150_000 + 333);
    assert.is(file.tokens, memory.tokens);
    assert.equal([...file.offsets], [0, 10, 150_010, 150_343]);
    assert.equal([...file.offsets], [...memory.offsets]);
    assert.equal(file.counts, memory.counts);
    assert.is(
      file.counts.reduce((a, b) => a + b),
      file.tokens,
    );
    assert.equal(await file.read(0, file.tokens), await memory.read(0, memory.tokens));
    const random = seedrandom('reads');
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const start = Math.floor(random() * file.tokens);
        const end = Math.min(file.tokens, start + Math.floor(random() * 300));
        assert.equal(await file.read(start, end), await memory.read(start, end));
      }),
    );
    await file.close();
  });

test('a document that ends without a token more where a parcel begins has all of its tokens', async () => {
  const long = 'w0 '.repeat(100_000);
  const store = await storeInMemory(
    from([
      { text: '\u0007', ends: true },
      { text: long, ends: false },
      { text: '', ends: true },
      { text: long, ends: true },
      { text: '\u0007', ends: true },
      { text: 'w2', ends: true },
    ]),
    smallTokenizer(101),
  );
  assert.equal([...store.offsets], [0, 100_000, 200_000, 200_001]);
});

test('the ids of a large vocabulary reach beyond 16 bits', async () => {
  const store = await opened(65_541);
  assert.ok((await store.read(0, store.tokens)).some((id) => id > 65_535));
  await store.close();
});

test('a damaged file is distinguished from an intact one, wherever the damage is', async () => {
  const tokenizer = smallTokenizer(101);
  await writeTokenStore(path, from([{ text: 'w0 w2 w4 w6 w8', ends: true }]), tokenizer);
  const intact = readFileSync(path);
  const verdict = async (bytes: Uint8Array): Promise<string> => {
    writeFileSync(path, bytes);
    const store = await openTokenStore(path, 101);
    if (typeof store === 'string') return store;
    await store.close();
    return 'intact';
  };
  assert.is(await verdict(intact), 'intact');
  for (let at = 0; at < intact.length; at++) {
    const bytes = Uint8Array.from(intact);
    bytes[at] ^= 1;
    assert.is.not(await verdict(bytes), 'intact', `byte ${at}`);
  }
  for (const size of [0, 1, 63, 64, 100, intact.length - 8, intact.length - 1])
    assert.match(await verdict(intact.subarray(0, size)), /cut short/, `size ${size}`);
  assert.is.not(await verdict(Buffer.concat([intact, Buffer.alloc(8)])), 'intact');
  writeFileSync(path, intact);
  assert.is(await openTokenStore(path, 102), 'its vocabulary has 101 tokens, not 102');
});

test('a file that fails half-way leaves neither itself nor a temporary one', async () => {
  const place = temporaryFolder({ 'old.bin': 'old' });
  async function* failing(): AsyncGenerator<TextPiece> {
    yield { text: 'w0 '.repeat(100_000), ends: false };
    throw new Error('stopped');
  }
  for (const name of ['new.bin', 'old.bin'])
    await writeTokenStore(join(place, name), failing(), smallTokenizer(101)).then(
      () => assert.unreachable(),
      (error: Error) => assert.is(error.message, 'stopped'),
    );
  assert.equal(readdirSync(place), ['old.bin']);
  assert.is(readFileSync(join(place, 'old.bin'), 'utf8'), 'old');
});

test('a full disk gets an error that says so', () =>
  rejects(
    () =>
      writeAtomically(
        join(folder, 'full.bin'),
        () => {
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
            code: 'ENOSPC',
            syscall: 'write',
          });
        },
        'free some',
      ),
    /^cannot write .*full\.bin: the disk is full \((ENOSPC|EDQUOT)\); free some$/,
  ));

test('a folder that cannot be made gets an error that says so', async () => {
  writeFileSync(join(folder, 'file'), '');
  await rejects(
    () => writeAtomically(join(folder, 'file', 'x.bin'), () => Promise.resolve(), 'move'),
    /^cannot write .*x\.bin: [a-z ,]*\((ENOTDIR|EEXIST)\); move$/,
  );
});

test('only files are replaced: no folder, no device, no pipe; a link leads to the file', async () => {
  const place = temporaryFolder({ 'real.txt': 'old' });
  symlinkSync('/dev/null', join(place, 'device'));
  symlinkSync('nowhere', join(place, 'dangling'));
  symlinkSync('real.txt', join(place, 'link'));
  mkdirSync(join(place, 'folder'));
  const write = (name: string): Promise<void> =>
    writeAtomically(join(place, name), async (file) => file.writeFile('new'), 'choose');
  await rejects(() => write('device'), /^cannot write .*device: it is a device or a pipe; choose$/);
  await rejects(() => write('dangling'), /it is a link to nothing; choose/);
  await rejects(() => write('folder'), /it is a folder; choose/);
  await write('link');
  assert.is(readFileSync(join(place, 'real.txt'), 'utf8'), 'new');
  assert.is(readlinkSync(join(place, 'link')), 'real.txt');
  assert.equal(readdirSync(place).toSorted(), ['dangling', 'device', 'folder', 'link', 'real.txt']);
});

test('a store whose checksum fits, but not its sizes or ids, is not used', async () => {
  const tokenizer = smallTokenizer(60);
  const [offsets, counts] = [8 * 3, 8 * 60];
  const changes: [string, (bytes: Buffer) => unknown, RegExp][] = [
    ['documents', (bytes) => bytes.writeDoubleLE(1e15, 20), /^its sizes contradict each other$/],
    ['no documents', (bytes) => bytes.writeDoubleLE(-1, 20), /^its sizes/],
    ['half a document', (bytes) => bytes.writeDoubleLE(0.5, 20), /^its sizes/],
    ['tokens', (bytes) => bytes.writeDoubleLE(1e300, bytes.length - 8), /^its sizes/],
    ['no number', (bytes) => bytes.writeDoubleLE(Number.NaN, bytes.length - 16), /^its sizes/],
    ['order', (bytes) => bytes.writeDoubleLE(1000, bytes.length - 16), /^its sizes/],
    ['a count', (bytes) => bytes.writeDoubleLE(-3, bytes.length - offsets - counts), /^its sizes/],
    ['an id', (bytes) => bytes.writeUInt16LE(60, HEADER_BYTES), /store\.bin: has ids of no token/],
  ];
  const file = join(folder, 'store.bin');
  for (const [what, change, message] of changes) {
    const text = [
      { text: 'w6 w8', ends: true },
      { text: 'w10 w12', ends: true },
    ];
    await writeTokenStore(file, from(text), tokenizer);
    const bytes = readFileSync(file);
    change(bytes);
    const sum = createHash('sha256').update(bytes.subarray(HEADER_BYTES)).update(bytes.subarray(0, FIELD_BYTES));
    sum.digest().copy(bytes, FIELD_BYTES);
    writeFileSync(file, bytes);
    const store = await openTokenStore(file, 60);
    if (typeof store === 'string') assert.match(store, message, what);
    else {
      await rejects(() => store.read(0, store.tokens), message);
      await store.close();
    }
  }
});

test('a store in memory has the fingerprint of its file', async () => {
  for (const vocabSize of [300, 70_000]) {
    const tokenizer = smallTokenizer(vocabSize);
    await writeTokenStore(path, from(pieces(vocabSize)), tokenizer);
    const file = (await openTokenStore(path, tokenizer.vocabSize)) as TokenStore;
    const memory = await storeInMemory(from(pieces(vocabSize)), tokenizer);
    assert.is(await memory.fingerprint(), await file.fingerprint());
    await file.close();
  }
});

test.run();
