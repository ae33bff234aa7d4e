import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arena } from '../../../src/kernels/cpu/engine/arena.ts';
import { Jobs } from '../../../src/kernels/cpu/engine/jobs.ts';
import { compileKernels, instantiateKernels } from '../../../src/kernels/cpu/engine/module.ts';
import { startWorkers } from '../../../src/kernels/cpu/threads/threads.node.ts';
import { BertrandError } from '../../../src/error.ts';

const CHUNK = 1024;

/** A queue with so many workers. If the kernels are not compiled for shared memory, they fail to start. */
async function open({ shared = true, workers = 1 } = {}): Promise<{ arena: Arena; jobs: Jobs }> {
  const arena = new Arena(true);
  const kernels = await compileKernels({ fusedMultiplyAdd: false, shared: true }, arena.memory);
  const exports = await instantiateKernels(kernels, arena.memory);
  const module = await compileKernels({ fusedMultiplyAdd: false, shared }, arena.memory);
  const scratches = Array.from({ length: workers }, () => arena.allocate(exports.scratchBytes()));
  return { arena, jobs: new Jobs(arena, exports, startWorkers(module, arena.memory, scratches)) };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('a chunk that traps causes an error and never a hang, whichever thread runs it, also between jobs that wait', async () => {
  const { arena, jobs } = await open();
  const size = 64 * CHUNK;
  const x = arena.allocate(4 * size);
  const add = (y: number): void => jobs.each('add', size, CHUNK, { a: x, b: x, y });
  add(x);
  await pause(50);
  jobs.finish();
  for (let i = 0; i < 3; i++) add(x);
  jobs.each('mul', size, CHUNK, { a: x, b: x, y: 0xf0000000, period: size });
  const refused = /can no longer be used: kernel mul failed.*; open the device again/;
  assert.throws(() => {
    for (let i = 0; i < 3; i++) add(x);
    jobs.finish();
  }, refused);
  assert.throws(() => add(x), refused);
  assert.throws(() => jobs.finish(), refused);
  await jobs.close();
});

test('a worker that cannot start makes the next kernel fail with one clear error', async () => {
  const { arena, jobs } = await open({ shared: false });
  const x = arena.allocate(4 * 2 * CHUNK);
  await pause(300);
  assert.throws(
    () => jobs.each('add', 2 * CHUNK, CHUNK, { a: x, b: x, y: x }),
    (error: Error) =>
      error instanceof BertrandError && /can no longer be used: .*; open the device again/.test(error.message),
  );
  await jobs.close();
});

test('every chunk is computed exactly once, over many small jobs', async () => {
  const { arena, jobs } = await open();
  const [one, total] = [arena.allocate(4 * 5 * CHUNK), arena.allocate(4 * 5 * CHUNK)];
  arena.floats.fill(1, one / 4, one / 4 + 5 * CHUNK);
  const jobsRun = 20_000;
  for (let i = 0; i < jobsRun; i++) jobs.each('add', 5 * CHUNK, CHUNK, { a: total, b: one, y: total });
  jobs.finish();
  assert.ok(arena.floats.subarray(total / 4, total / 4 + 5 * CHUNK).every((value) => value === jobsRun));
  await jobs.close();
});

for (const workers of [1, 2, 5])
  test(`a job sees all that the jobs before it wrote, with ${workers} workers`, async () => {
    const { arena, jobs } = await open({ workers });
    const side = 96; // each chunk of a transposition reads what all chunks of the one before it wrote
    const [x, y, one] = [0, 0, 0].map(() => arena.allocate(4 * side * side));
    for (let i = 0; i < side * side; i++) arena.floats[x / 4 + i] = i;
    arena.floats.fill(1, one / 4, one / 4 + side * side);
    const rounds = 3000;
    for (let i = 0; i < rounds; i++) {
      jobs.each('transpose', side, 1 + (i % 40), { x, y, rows: side, columns: side });
      jobs.each('add', side * side, 100 + 50 * (i % 9), { a: y, b: one, y: x });
      if (i % 100 === 0) jobs.each('add', 1, 100, { a: y, b: one, y: x }); // a job of one chunk, which changes nothing
    }
    jobs.finish();
    const found = arena.floats.subarray(x / 4, x / 4 + side * side);
    assert.ok(found.every((value, i) => value === i + rounds)); // transposed an even number of times
    await jobs.close();
  });

test('arguments wait with their job', async () => {
  const { arena, jobs } = await open();
  const arrays = Array.from({ length: 200 }, () => arena.allocate(4 * 2 * CHUNK));
  for (const [value, y] of arrays.entries()) jobs.each('fill', 2 * CHUNK, CHUNK, { x: 0, y, value });
  jobs.finish();
  for (const [value, y] of arrays.entries())
    assert.ok(arena.floats.subarray(y / 4, y / 4 + 2 * CHUNK).every((found) => found === value));
  await jobs.close();
});

test('the host goes on while jobs wait', async () => {
  const { arena, jobs } = await open();
  const size = 2 ** 24;
  const x = arena.allocate(4 * size);
  arena.floats.fill(1, x / 4, x / 4 + size);
  jobs.finish();
  const begin = performance.now();
  for (let i = 0; i < 8; i++) jobs.each('exp', size, 4096, { x, y: x });
  const enqueued = performance.now() - begin;
  jobs.finish();
  const finished = performance.now() - begin;
  assert.ok(enqueued < finished / 4, `${enqueued} of ${finished} ms`);
  await jobs.close();
});

test.run();
