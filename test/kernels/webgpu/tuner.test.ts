import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tuner } from '../../../src/kernels/webgpu/engine/tuner/tuner.ts';
import { tuningFile } from '../../../src/kernels/webgpu/engine/tuner/tuningFile.node.ts';
import type { TuningStore } from '../../../src/kernels/webgpu/engine/tuner/tuner.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

/** A GPU on which way w takes `speeds[w]` per unit of work, and whose times are known after `arrive`. */
function fakeTrials(speeds: readonly number[]) {
  const times = new Map<string, { launches: number; milliseconds: number }>();
  const waiting: (() => void)[] = [];
  let amount = 1;
  return {
    ready: true,
    of(next: number) {
      amount = next;
    },
    time(label: string, work: () => void) {
      work();
      times.set(label, { launches: 1, milliseconds: amount * speeds[ran.at(-1) ?? 0] });
    },
    async collect() {
      const found = new Map(times);
      times.clear();
      await new Promise<void>((resolve) => waiting.push(resolve));
      return found;
    },
    async arrive() {
      for (const resolve of waiting.splice(0)) resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

let ran: number[] = [];
const note = (way: number): void => void ran.push(way);
test.before.each(() => void (ran = []));

test('every way is tried three times; the default is used until the times arrive, then the fastest', async () => {
  const trials = fakeTrials([3, 1, 2]);
  const tuner = new Tuner(trials);
  for (let i = 0; i < 11; i++) tuner.run('kind', [0, 1, 2], 1, note);
  assert.equal(ran, [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0]);
  await trials.arrive();
  for (let i = 0; i < 3; i++) tuner.run('kind', [0, 1, 2], 1, note);
  assert.equal(ran.slice(11), [1, 1, 1]);
});

test('times are compared per unit of work', async () => {
  const trials = fakeTrials([2, 3]);
  const tuner = new Tuner(trials);
  for (let i = 0; i < 6; i++) {
    const amount = i % 2 === 0 ? 100 : 1; // the faster way gets the larger work
    trials.of(amount);
    tuner.run('kind', [0, 1], amount, note);
  }
  await trials.arrive();
  tuner.run('kind', [0, 1], 1, note);
  assert.is(ran.at(-1), 0);
});

test('one slow trial does not count against a way', async () => {
  const trials = fakeTrials([2, 3]);
  const tuner = new Tuner(trials);
  for (let i = 0; i < 6; i++) {
    trials.of(i === 2 ? 10 : 1); // the second trial of way 0 was disturbed
    tuner.run('kind', [0, 1], 1, note);
  }
  await trials.arrive();
  tuner.run('kind', [0, 1], 1, note);
  assert.is(ran.at(-1), 0);
});

test('with timestamps rounded to 65.536 us, ways of 30 and 50 us are tried until their sums differ clearly', async () => {
  const rounded = (microseconds: number, trial: number): number => {
    const tick = (time: number): number => Math.floor(time / 65.536);
    const begin = trial * 123.457; // a GPU's clock has any phase
    return ((tick(begin + microseconds) - tick(begin)) * 65.536) / 1000;
  };
  const trials = fakeTrials([1, 1]);
  const tuner = new Tuner(trials);
  let trial = 0;
  for (let round = 0; round < 30; round++) {
    for (let i = 0; i < 6; i++)
      tuner.run('kind', [0, 1], 1, (way) => {
        trials.of(rounded(way === 0 ? 50 : 30, trial++));
        note(way);
      });
    await trials.arrive();
  }
  assert.ok(ran.filter((way) => way === 0).length > 20, 'way 0 is tried more than three times');
  assert.is(ran.at(-1), 1);
});

test('choices for different kinds are independent, in any order of trials', async () => {
  const trials = fakeTrials([2, 1]);
  const tuner = new Tuner(trials);
  tuner.run('other', [0, 1], 1, note); // begun, not finished
  for (let i = 0; i < 6; i++) tuner.run('kind', [0, 1], 1, note);
  await trials.arrive();
  ran = [];
  tuner.run('kind', [0, 1], 1, note);
  tuner.run('other', [0, 1], 1, note);
  assert.equal(ran, [1, 1]); // the fastest, and the second trial
});

test('a choice is stored, and a stored one is used without trials if that way still exists', async () => {
  let saved: Record<string, number> = {};
  const store: TuningStore = { load: () => saved, save: (choices) => (saved = choices) };
  const trials = fakeTrials([2, 1]);
  const tuner = new Tuner(trials, store);
  for (let i = 0; i < 6; i++) tuner.run('kind', [0, 1], 1, note);
  await trials.arrive();
  assert.equal(saved, { kind: 1 });
  ran = [];
  const next = new Tuner(fakeTrials([0, 0]), store);
  next.run('kind', [0, 1], 1, note);
  next.run('kind', [0, 2], 1, note);
  assert.equal(ran, [1, 0]);
});

test('without a clock the default is used', () => {
  const tuner = new Tuner({ ...fakeTrials([2, 1]), ready: false });
  for (let i = 0; i < 9; i++) tuner.run('kind', [1, 0], 1, note);
  assert.equal(new Set(ran), new Set([1]));
});

test('the file keeps choices by adapter and shaders, and a damaged one is ignored', () => {
  const path = join(temporaryFolder(), 'not there yet', 'tuning.json');
  const file = (adapter: string, shader = 'text'): TuningStore => tuningFile(adapter, [shader], path);
  assert.equal(file('a').load(), {});
  file('a').save({ kind: 1 });
  file('b').save({ kind: 2 });
  assert.equal(file('a').load(), { kind: 1 });
  assert.equal(file('b').load(), { kind: 2 });
  assert.equal(file('a', 'another text').load(), {});
  const [key] = Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object);
  for (const found of ['{"kind":"1","other":1.5}', '3']) {
    writeFileSync(path, `{"${key}":${found}}`);
    assert.equal(file('a').load(), {}, found);
  }
  for (const text of ['[]', 'null', '{"a"']) {
    writeFileSync(path, text);
    assert.equal(file('a').load(), {}, text);
  }
});

test('ways are tried once all are compiled, and until then the default runs', () => {
  const asked: number[] = [];
  let compiled = false;
  const tuner = new Tuner(fakeTrials([3, 1]));
  const ready = (way: number): boolean => {
    asked.push(way);
    return compiled || way === 0;
  };
  for (let i = 0; i < 3; i++) tuner.run('kind', [0, 1], 1, note, ready);
  assert.equal(asked, [0, 1, 0, 1, 0, 1]); // all of them, so that all begin to compile
  compiled = true;
  for (let i = 0; i < 4; i++) tuner.run('kind', [0, 1], 1, note, ready);
  assert.equal(ran, [0, 0, 0, 0, 1, 0, 1]);
});

test.run();
