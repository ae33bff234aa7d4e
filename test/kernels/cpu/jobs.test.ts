import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arena } from '../../../src/kernels/cpu/engine/arena.ts';
import { Jobs } from '../../../src/kernels/cpu/engine/jobs.ts';
import { compileKernels, instantiateKernels } from '../../../src/kernels/cpu/engine/module.ts';
import { startWorkers } from '../../../src/kernels/cpu/threads/threads.node.ts';
import { BertrandError } from '../../../src/error.ts';

const CHUNK = 1024;

/** Two threads. If the kernels are not compiled for shared memory, the worker fails to start. */
async function open(shared = true): Promise<{ arena: Arena; jobs: Jobs }> {
  const arena = new Arena(true);
  const kernels = await compileKernels({ fusedMultiplyAdd: false, shared: true }, arena.memory);
  const exports = await instantiateKernels(kernels, arena.memory);
  const module = await compileKernels({ fusedMultiplyAdd: false, shared }, arena.memory);
  const workers = startWorkers(module, arena.memory, [arena.allocate(exports.scratchBytes())]);
  return { arena, jobs: new Jobs(arena, exports, workers) };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('a chunk that traps causes an error and never a hang, whichever thread runs it', async () => {
  const { arena, jobs } = await open();
  const x = arena.allocate(4 * 64 * CHUNK);
  jobs.each('add', 64 * CHUNK, CHUNK, { a: x, b: x, y: x });
  await pause(50);
  const refused = /can no longer be used: kernel add failed.*; open the device again/;
  assert.throws(() => jobs.each('add', 64 * CHUNK, CHUNK, { a: x, b: x, y: 0xf0000000 }), refused);
  assert.throws(() => jobs.each('add', 64 * CHUNK, CHUNK, { a: x, b: x, y: x }), refused);
  await jobs.close();
});

test('a worker that cannot start makes the next shared kernel fail with one clear error', async () => {
  const { arena, jobs } = await open(false);
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
  assert.ok(arena.floats.subarray(total / 4, total / 4 + 5 * CHUNK).every((value) => value === jobsRun));
  await jobs.close();
});

test.run();
