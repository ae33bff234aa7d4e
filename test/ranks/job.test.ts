import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Job } from '../../src/ranks/job.node.ts';
import type { MpiCalls } from '../../src/ranks/mpi/calls.node.ts';
import { patienceOf } from '../../src/ranks/patience.node.ts';
import { messageOf } from '../messageOf.ts';

const SECOND = 1 / 60;

/** One of two ranks, whose sums end when `answered` says so. */
function jobWhere(answered: () => boolean, patience: number): Job {
  const request = { test: answered };
  const mpi = { rank: 0, size: 2, duplicate: () => 1n, startSum: () => request };
  return new Job(mpi as unknown as MpiCalls, patience);
}

test('a rank that gets no answer in a step for longer than it is patient says so', async () => {
  const job = jobWhere(() => false, 0.2 * SECOND);
  job.equalWork = true;
  const begin = performance.now();
  assert.match(
    await messageOf(() => job.sum(new Float32Array(1))),
    /^no answer from other ranks for [\d.]+ minutes: a machine or its network has failed; go on from the last checkpoint with --resume/,
  );
  assert.ok(performance.now() - begin >= 200);
});

test('where one rank works and the others wait, they wait for as long as it takes', async () => {
  let done = false;
  const job = jobWhere(() => done, 0.1 * SECOND);
  const sum = job.sum(new Float32Array(1));
  await sleep(300);
  done = true;
  await sum;
});

test('a job that was stopped for longer than that has not waited meanwhile', async () => {
  let looks = 0;
  const job = jobWhere(() => {
    looks += 1;
    if (looks === 30) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
    return looks > 100;
  }, 1.5 * SECOND);
  job.equalWork = true;
  await job.sum(new Float32Array(1));
});

test('patience is in the environment, in minutes', async () => {
  assert.is(patienceOf({}), 10);
  assert.is(patienceOf({ BERTRAND_MPI_PATIENCE: '1.5' }), 1.5);
  assert.is(patienceOf({ BERTRAND_MPI_PATIENCE: '0' }), Infinity);
  assert.match(
    await messageOf(() => patienceOf({ BERTRAND_MPI_PATIENCE: 'long' })),
    'BERTRAND_MPI_PATIENCE: expected a number of minutes, 0 for ever, found long',
  );
});

test.run();
