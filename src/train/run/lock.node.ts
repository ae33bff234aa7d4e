import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BertrandError } from '../../error.ts';

/** `.lock-PID-START-HOST~PLACE`: all in the name, so that no lock is ever seen half-written. */
const NAME = /^\.lock-(\d+)-(\d+)-(.+)$/;

/** Time between two heartbeats. When steps take longer, heartbeats come between steps. */
const BEAT_MILLISECONDS = 10_000;
/** A process elsewhere without a heartbeat for this long counts as gone. */
const SILENT_MILLISECONDS = 300_000;

export const isLock = (name: string): boolean => NAME.test(name);

export interface Lock {
  /**
   * Throws a BertrandError if another process took the folder over, which it may from one that was silent for minutes, or
   * if somebody is removing it.
   */
  expectHeld(): void;
  /** Releases the folder. */
  release(): Promise<void>;
}

/**
 * Claims a folder for this process; throws a BertrandError if a live process holds it. Each process adds a lock of
 * its own and then looks for others, so of two that arrive together at least one sees the other. Whether a process is alive is
 * judged by its process id where ids are comparable, and elsewhere (another computer or container) by its heartbeat.
 */
export async function lockFolder(folder: string, beatEvery = BEAT_MILLISECONDS): Promise<Lock> {
  const path = join(folder, lockName(process.pid));
  const release = (): Promise<void> => rm(path, { force: true });
  try {
    await writeFile(path, '', { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new BertrandError(`${folder} is being written by this very process`, { advice: 'choose another folder' });
    throw error;
  }
  try {
    for (const name of readdirSync(folder).filter((name) => isLock(name) && join(folder, name) !== path))
      if (isGone(folder, name, path)) await rm(join(folder, name), { force: true });
  } catch (error) {
    await release();
    throw error;
  }
  // the text is for people; writing it gives the file the time of the disk, which computers that share it agree on
  const beat = (): void => void writeFile(path, new Date().toISOString(), { flag: 'r+' }).catch(() => {});
  const timer = setInterval(beat, beatEvery).unref();
  return {
    expectHeld() {
      if (existsSync(path)) return;
      if (existsSync(folder) && readdirSync(folder).some(isLock))
        throw new BertrandError(`${folder} was taken over by another process; this one stops, and saves no more`);
      throw new BertrandError(`${folder} was removed while the run was writing to it; what it had saved may be gone`);
    },
    release() {
      clearInterval(timer);
      return release();
    },
  };
}

/** Who holds a folder, each as `process 12` or `process 12 on HOST`; nothing is changed. */
export function holdersOf(folder: string): string[] {
  return readdirSync(folder)
    .filter(isLock)
    .flatMap((name) => {
      const holder = holderOf(folder, name, Date.now());
      return holder ? [`process ${holder.pid}${holder.host === undefined ? '' : ` on ${holder.host}`}`] : [];
    });
}

/** A process that is or may be alive; one elsewhere has a host, and was silent for so many milliseconds. */
interface Holder {
  readonly pid: string;
  readonly host?: string;
  readonly silent: number;
}

/** The process of a lock, unless it has ended. @param now on the disk's clock */
function holderOf(folder: string, name: string, now: number): Holder | undefined {
  const [, pid = '', start = '', where = ''] = NAME.exec(name) ?? [];
  if (where === here()) return isAlive(Number(pid), start) ? { pid, silent: 0 } : undefined;
  const last = statSync(join(folder, name), { throwIfNoEntry: false });
  if (!last) return undefined;
  const silent = now - last.mtimeMs;
  return silent > SILENT_MILLISECONDS ? undefined : { pid, host: where.split('~')[0], silent };
}

/** Whether the process of a lock has ended. Throws a BertrandError if it is or may be alive. */
function isGone(folder: string, name: string, own: string): boolean {
  const holder = holderOf(folder, name, statSync(own).mtimeMs);
  if (!holder) return true;
  const { pid, host, silent } = holder;
  if (host === undefined)
    throw new BertrandError(
      `${folder} is being written by process ${pid}; wait until it ends, or choose another folder with --out`,
    );
  throw new BertrandError(
    `${folder} is being written by process ${pid} on ${host} (a sign of life ${Math.max(0, Math.round(silent / 1000))} s ago); ` +
      `if that is gone, wait ${SILENT_MILLISECONDS / 60_000} minutes or remove ${join(folder, name)}`,
  );
}

/** The name of a process's lock. */
export const lockName = (pid: number): string => `.lock-${pid}-${startOf(pid)}-${here()}`;

/** The scope in which process ids are comparable: this computer since boot and, on Linux, this namespace. */
function here(): string {
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  try {
    const place = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8') + readlinkSync('/proc/self/ns/pid');
    return `${host}~${createHash('sha256').update(place).digest('hex').slice(0, 12)}`;
  } catch {
    return `${host}~`;
  }
}

/** Whether the process with this id and start time is running; ids are reused, and the same ones recur after a container restarts. */
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
