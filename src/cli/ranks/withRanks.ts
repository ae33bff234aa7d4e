import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BertrandError } from '../../error.ts';
import { alone } from '../../ranks/communicator.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { findLauncher } from '../../ranks/launcher.node.ts';
import type { Launcher } from '../../ranks/launcher.node.ts';
import type { Job } from '../../ranks/job.node.ts';
import { expectSame, FailedElsewhere } from '../../ranks/together.ts';
import { exitCodeOf, messageOf } from '../exit.ts';
import { printError } from '../print/print.ts';
import { program } from './program.ts';

/**
 * Does `work` with the ranks that a launcher has started, or with this process alone. Where it fails, one rank says why, and all end.
 * @returns its exit code
 */
export async function withRanks(work: (ranks: Communicator) => Promise<number>): Promise<number> {
  const launcher = findLauncher();
  if (!launcher) return work(alone);
  const job = await firstSays(launcher, async () => (await import('../../ranks/openJob.node.ts')).openJob(launcher));
  try {
    await expectSame(job, hostname(), program());
    const code = await work(job);
    job.close();
    return code;
  } catch (error) {
    return await leave(job, error);
  }
}

/** Throws a BertrandError where a launcher has started several processes of a command that is for one. */
export async function expectOneProcess(command: string): Promise<void> {
  const launcher = findLauncher();
  if (launcher?.ranks === undefined) return;
  await firstSays(launcher, () => {
    throw new BertrandError(
      `${launcher.name} has started ${launcher.ranks} ranks, but ${command} works in one process`,
      {
        advice: 'start it by itself',
      },
    );
  });
}

/** Milliseconds for rank 0 to say what is wrong on all ranks: launchers end the others then. */
const HEAD_START = 1500;

async function firstSays<T>({ rank = 0 }: Launcher, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (rank > 0) await sleep(HEAD_START);
    throw named(error, rank);
  }
}

/** Ends this rank after an error. @returns the exit code of a rank that leaves it to another to say what happened */
async function leave(job: Job, error: unknown): Promise<number> {
  const known = job.over; // together they found out who failed first
  if (!known && !(await job.allFail())) {
    const { rank } = job;
    printError(messageOf(named(error, rank)) ?? String(error instanceof Error ? error.stack : error));
    await job.abort(exitCodeOf(error));
  }
  job.close();
  if (known ? error instanceof FailedElsewhere : job.rank > 0) return 0;
  throw named(error, job.rank);
}

/** The error with its rank, unless that is the first, which speaks for all. */
function named(error: unknown, rank: number): unknown {
  const message = messageOf(error);
  if (rank === 0 || message === undefined) return error;
  return new BertrandError(`rank ${rank} on ${hostname()}: ${message}`, { cause: error });
}
