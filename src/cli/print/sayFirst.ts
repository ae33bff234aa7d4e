import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSocket } from '../../ranks/isSocket.node.ts';
import { findLauncher } from '../../ranks/launcher.node.ts';
import { printError } from './print.ts';

/** Milliseconds for rank 0 to say what is wrong on all ranks, and for Open MPI to end the others then, which takes it up to 2 s. */
const HEAD_START = 4000;
/** Milliseconds for the launcher to pass on what was printed, which it drops when it ends all. */
const FORWARDING = 500;

/**
 * Says why this process ends. Where it is a rank that has yet to join the others, rank 0 says it for all, and another one only what rank
 * 0 did not come to say; what the others would wait for is ended.
 * @param alike whether all ranks end for the same reason, such as what was typed
 */
export function sayFirst(message: string, exitCode: number, alike: boolean): void {
  const launcher = findLauncher();
  if (!launcher) return printError(message);
  const { name, rank = 0, localRank = 0 } = launcher;
  const end = endingOf(exitCode);
  const endsOthers = end !== undefined || name === "Open MPI's mpirun"; // then this process goes no further than its pause
  const speaks = rank === 0 || endsOthers || (!alike && localRank === 0);
  if (speaks && rank > 0) pause(HEAD_START);
  if (speaks) printError(rank === 0 ? message : `rank ${rank} on ${hostname()}: ${message}`);
  if (!end) return;
  pause(FORWARDING);
  end();
}

/** What ends all ranks of MPICH's launcher, which otherwise waits for those that this one has not joined. */
function endingOf(exitCode: number, env = process.env): (() => void) | undefined {
  if (env['HYDI_CONTROL_FD'] === undefined || !env['PMI_FD']) return undefined; // hydra's own
  const descriptor = Number(env['PMI_FD']);
  if (!isSocket(descriptor)) return undefined;
  return () => writeSync(descriptor, `cmd=abort exitcode=${exitCode}\n`);
}

const pause = (milliseconds: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
