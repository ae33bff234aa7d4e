import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BertrandError } from '../../error.ts';

/** `.lock-PID-START-HOST`: all in the name, so that no lock is ever seen half-written. */
const NAME = /^\.lock-(\d+)-(\d+)-(.+)$/;

export const isLock = (name: string): boolean => NAME.test(name);

/**
 * Takes a folder for this process alone; throws a BertrandError if a living process has it. Each process adds a lock of
 * its own and then looks for others, so of two that come at once at least one sees the other.
 * @returns lets go of the folder
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  const own = `.lock-${process.pid}-${startOf(process.pid)}-${host}`;
  const release = (): Promise<void> => rm(join(folder, own), { force: true });
  try {
    await writeFile(join(folder, own), '', { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new BertrandError(`${folder} is being written by this very process`, { advice: 'choose another folder' });
    throw error;
  }
  for (const name of readdirSync(folder).filter((name) => isLock(name) && name !== own)) {
    const [, pid = '', start = '', where = ''] = NAME.exec(name) ?? [];
    if (where === host && !isAlive(Number(pid), start)) {
      await rm(join(folder, name), { force: true });
      continue;
    }
    await release();
    const writer = `process ${pid}${where === host ? '' : ` on ${where}`}`;
    throw new BertrandError(`${folder} is being written by ${writer}`, {
      advice:
        where === host
          ? 'wait until it ends, or choose another folder with --out'
          : `if that is gone, remove ${join(folder, name)}`,
    });
  }
  return release;
}

/** Whether the process runs that had this number and start; numbers are used again, the same ones after a container's restart. */
function isAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startOf(pid) === start;
}

/** When a process started, in ticks since boot, where Linux says, `ended` if only its parent has yet to notice; else 0. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from field 3 of proc(5): the name before may hold spaces
    return fields[0] === 'Z' ? 'ended' : fields[19];
  } catch {
    return '0';
  }
}
