import { hostname } from 'node:os';
import { BertrandError } from '../../error.ts';
import { alone } from '../../ranks/communicator.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { findLauncher } from '../../ranks/launcher.node.ts';
import type { Job } from '../../ranks/job.node.ts';
import { expectSame, FailedElsewhere } from '../../ranks/together.ts';
import { exitCodeOf, messageOf, sayError } from '../exit.ts';
import { printError } from '../print/print.ts';
import { program } from './program.ts';

/**
 * Does `work` with the ranks that a launcher has started, or with this process alone. Where it fails, one rank says why, and all end.
 * @returns its exit code
 */
export async function withRanks(work: (ranks: Communicator) => Promise<number>): Promise<number> {
  const launcher = findLauncher();
  if (!launcher) return work(alone);
  let job: Job;
  try {
    const { openJob } = await import('../../ranks/openJob.node.ts');
    job = await openJob(launcher);
  } catch (error) {
    return sayError(error, false);
  }
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
export function expectOneProcess(command: string): void {
  const launcher = findLauncher();
  if (launcher?.ranks === undefined) return;
  throw new BertrandError(`${launcher.name} has started ${launcher.ranks} ranks, but ${command} works in one process`, {
    advice: 'start it by itself',
  });
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
  const message = messageOf(named(error, job.rank));
  if (message === undefined) throw error;
  printError(message);
  return exitCodeOf(error);
}

/** The error with its rank, unless that is the first, which speaks for all. */
function named(error: unknown, rank: number): unknown {
  const message = messageOf(error);
  if (rank === 0 || message === undefined) return error;
  return new BertrandError(`rank ${rank} on ${hostname()}: ${message}`, { cause: error });
}
