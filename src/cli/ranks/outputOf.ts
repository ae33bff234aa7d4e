import { readlinkSync } from 'node:fs';
import type { Communicator } from '../../ranks/communicator.ts';
import type { Output } from '../progress/output.ts';

/** Where progress is written. Open MPI gives its ranks a terminal even where it has none itself: then nothing is drawn there. */
export function outputOf({ size }: Communicator): Output {
  if (size === 1 || hasTerminal(process.ppid)) return process.stdout;
  return { write: (text) => process.stdout.write(text) };
}

/** Whether a process writes to a terminal, where Linux says. */
function hasTerminal(pid: number): boolean {
  try {
    return /^\/dev\/(?:pts\/|tty)/.test(readlinkSync(`/proc/${pid}/fd/1`));
  } catch {
    return false;
  }
}
