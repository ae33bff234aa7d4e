import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../src/error.ts';
import { anyOf, expectSame, FailedElsewhere, firstOfMachine, fromFirst, together } from '../../src/ranks/together.ts';
import { gatherTexts } from '../../src/ranks/texts.ts';
import { onRanks } from './ranksInMemory.ts';

const failures = (size: number, work: Parameters<typeof onRanks>[1]): Promise<unknown[]> =>
  onRanks(size, (ranks) =>
    work(ranks).then(
      () => undefined,
      (error: unknown) => error,
    ),
  );

test('every rank gets what rank 0 made, and no other makes it', async () => {
  let made = 0;
  const found = await onRanks(3, (ranks) => fromFirst(ranks, () => ({ text: 'ü', number: ++made })));
  for (const value of found) assert.equal(value, { text: 'ü', number: 1 });
  assert.is(found.length, 3);
});

test('texts of different lengths come in the order of the ranks', async () => {
  const texts = ['', 'ü b', 'c'.repeat(300)];
  assert.equal(await onRanks(3, (ranks) => gatherTexts(ranks, texts[ranks.rank])), [texts, texts, texts]);
});

test('where work fails on some ranks, it fails on all, and the first of them says why', async () => {
  const [a, b, c] = await failures(3, (ranks) =>
    together(ranks, () => {
      if (ranks.rank > 0) throw new BertrandError(`bad ${ranks.rank}`);
    }),
  );
  assert.instance(a, FailedElsewhere);
  assert.is((b as Error).message, 'bad 1');
  assert.instance(c, FailedElsewhere);
});

test('a failure within work that ranks share is not told twice', async () => {
  const [a, b] = await failures(2, (ranks) =>
    together(ranks, () =>
      fromFirst(ranks, () => {
        throw new BertrandError('bad');
      }),
    ),
  );
  assert.is((a as Error).message, 'bad');
  assert.instance(b, FailedElsewhere);
});

test('the first rank of a machine works before its others', async () => {
  const order: number[] = [];
  await onRanks(4, (ranks) => {
    const placed = { ...ranks, localRank: ranks.rank % 2 };
    return firstOfMachine(placed, () => Promise.resolve(order.push(ranks.rank)));
  });
  assert.equal(
    order.slice(0, 2).toSorted((a, b) => a - b),
    [0, 2],
  );
  assert.equal(
    order.slice(2).toSorted((a, b) => a - b),
    [1, 3],
  );
});

test('what differs between ranks is named, with both values', async () => {
  const [first, second] = await failures(2, (ranks) =>
    expectSame(ranks, `host${ranks.rank}`, [
      { name: 'colour', value: 'red', advice: 'paint it' },
      { name: 'size', value: String(ranks.rank), advice: 'measure it' },
    ]),
  );
  assert.is((first as Error).message, 'rank 1 on host1 has another size (1) than rank 0 on host0 (0); measure it');
  assert.instance(second, FailedElsewhere);
});

test('a wish of one rank is known to all', async () => {
  assert.equal(await onRanks(3, (ranks) => anyOf(ranks, ranks.rank === 2)), [true, true, true]);
  assert.equal(await onRanks(2, (ranks) => anyOf(ranks, false)), [false, false]);
});

test.run();
