import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TextPiece } from '../../../src/data/corpus/textPiece.ts';
import { alone } from '../../../src/data/parcels/inOrder.ts';
import type { InOrder, Work } from '../../../src/data/parcels/inOrder.ts';
import type { Parcel } from '../../../src/data/parcels/parcel.ts';
import { onThreads } from '../../../src/data/parcels/threads.node.ts';
import { writeTokenStore } from '../../../src/data/store/writeTokenStore.node.ts';
import { BertrandError } from '../../../src/error.ts';
import { from } from '../collect.ts';
import { rejects } from '../rejects.ts';
import { smallTokenizer } from '../smallTokenizer.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

const folder = temporaryFolder();
const tokenizer = smallTokenizer(1001);

/** Documents of all sizes, among them blank ones at the edges of parcels, cut into pieces at odd places. */
const pieces: TextPiece[] = (() => {
  const random = seedrandom('threads');
  const upTo = (most: number): number => Math.floor(random() * most);
  const rare = ['\u0007', 'é', '漢字', 'x'.repeat(70), 'y'.repeat(200), '[MASK]', '[SEP]w2', '𝄞', '...', 'ÀÉ'];
  const word = (): string => (upTo(20) === 0 ? rare[upTo(rare.length)] : `w${upTo(3000)}`);
  return Array.from({ length: 4000 }, (_, i) => {
    const words = i % 7 === 0 ? 0 : upTo(i % 97 === 0 ? 20_000 : 40);
    return { text: Array.from({ length: words }, word).join(' '), ends: upTo(3) > 0 };
  });
})();

/** What threads the work was done on, and how. */
function threaded(threads: number): { inOrder: InOrder; used: Set<number> } {
  const used = new Set<number>();
  return { inOrder: onThreads(threads, { after: 0, patient: true, onParcel: (thread) => used.add(thread) }), used };
}

const threadsLeft = (): number => process.getActiveResourcesInfo().filter((name) => /worker|port/i.test(name)).length;

test('a token store is the same to the byte on any number of threads', async () => {
  const path = join(folder, 'tokens.bin');
  await writeTokenStore(path, from(pieces), tokenizer);
  const expected = readFileSync(path);
  for (const threads of [2, 3]) {
    const { inOrder, used } = threaded(threads);
    await writeTokenStore(path, from(pieces), tokenizer, inOrder);
    assert.ok(expected.equals(readFileSync(path)), `${threads} threads`);
    assert.is(used.size, threads, 'all of them worked');
    assert.is(threadsLeft(), 0);
  }
});

test('an error in a document is the same, and leaves neither a file nor a thread', async () => {
  async function* broken(): AsyncGenerator<TextPiece> {
    yield* pieces.slice(0, 3500);
    throw new BertrandError('b.txt: not UTF-8 at byte offset 7');
  }
  for (const threads of [1, 2]) {
    const place = temporaryFolder();
    const write = (): Promise<void> =>
      writeTokenStore(join(place, 'tokens.bin'), broken(), tokenizer, threaded(threads).inOrder);
    await rejects(write, /^b\.txt: not UTF-8 at byte offset 7$/);
    assert.equal(readdirSync(place), []);
    assert.is(threadsLeft(), 0);
  }
});

const parcels = Array.from({ length: 50 }, (_, i): Parcel => ({ texts: [`w${i}`], ends: [true] }));
const own: Work<string> = {
  argument: tokenizer.toJson(),
  begin:
    () =>
    ({ texts }) =>
      texts[0],
};

test('whoever wants no more ends the threads', async () => {
  for await (const _ of onThreads(2, { after: 0, patient: true })(from(parcels), own)) break;
  assert.is(threadsLeft(), 0);
});

test('what a thread cannot do, its caller does', async () => {
  const poison: Parcel = { texts: ['poison'], ends: null as never };
  const all = [...parcels.slice(0, 20), poison, ...parcels.slice(20)];
  const work = { ...own, begin: () => (parcel: Parcel) => ({ own: parcel.texts.at(-1) }) };
  const done: unknown[] = [];
  for await (const result of threaded(2).inOrder(from(all), work)) done.push(result);
  assert.is(done.length, all.length);
  assert.equal(done[20], { own: 'poison' });
});

test('little text starts no threads', async () => {
  const used = new Set<number>();
  const inOrder = onThreads(2, { patient: true, onParcel: (thread) => used.add(thread) });
  for await (const _ of inOrder(from(parcels), own));
  assert.equal([...used], [0]);
  assert.is(onThreads(1), alone);
});

test.run();
