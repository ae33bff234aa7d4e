import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** How much other work may run during a measurement, in cores. */
const BUSY = 0.15;
const WATCH = 700;
const PATIENCE = 60_000;

/** Waits until the machine is nearly idle, at most a minute; says whether it is still busy then. */
export async function waitUntilIdle(): Promise<boolean> {
  for (const since = performance.now(); performance.now() - since < PATIENCE;) {
    const before = working();
    await sleep(WATCH);
    if ((working() - before) / WATCH < BUSY) return false;
  }
  return true;
}

/** Milliseconds of work of all cores since they were started. */
function working(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);
}
