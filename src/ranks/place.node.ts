import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, hostname } from 'node:os';
import type { Communicator } from './communicator.ts';
import type { Place } from './job.node.ts';
import { gatherTexts } from './texts.ts';

/** What ranks tell each other about where they run. */
interface Told {
  readonly host: string;
  /** Different on each computer, however many containers share it. */
  readonly computer: string;
  /** The cores that the process may use, as Linux lists them. */
  readonly allowed: string;
  readonly cores: number;
}

/** Which ranks share a machine and its cores, found out together. */
export async function findPlace(ranks: Communicator, library: string): Promise<Place> {
  const own: Told = {
    host: hostname(),
    computer: textOf('/proc/sys/kernel/random/boot_id'),
    allowed: allowedCores(),
    cores: availableParallelism(),
  };
  const all = (await gatherTexts(ranks, JSON.stringify(own))).map((text) => JSON.parse(text) as Told);
  return {
    localRank: all.slice(0, ranks.rank).filter((told) => isSameMachine(told, own)).length,
    ...shareOf(all, own, library),
  };
}

/** What a rank has of its machine. Ranks that may use the same cores divide them; who is bound to cores of its own has those. */
export function shareOf(all: readonly Told[], own: Told, library: string): Omit<Place, 'localRank'> {
  const sharers = all.filter(({ computer, allowed }) => computer === own.computer && allowed === own.allowed).length;
  const threads = Math.max(1, Math.floor(own.cores / sharers));
  const machines = new Set(all.map(({ host, computer }) => `${computer} ${host}`)).size;
  const cores = (count: number): string => `${count} ${count === 1 ? 'core' : 'cores'}`;
  const share =
    sharers > 1
      ? `${sharers} share ${cores(own.cores)}`
      : `this one has ${cores(own.cores)}${own.cores < cpus().length ? ` of ${cpus().length}` : ''}`;
  return {
    threads,
    crowded: sharers * threads > own.cores,
    description: `${all.length} ranks on ${machines} ${machines === 1 ? 'machine' : 'machines'} (${library}), of which ${share}`,
  };
}

/** Whether two ranks see the same files: containers of one computer need not. */
const isSameMachine = (a: Told, b: Told): boolean => a.host === b.host && a.computer === b.computer;

const allowedCores = (): string => /^Cpus_allowed_list:\s*(\S+)/m.exec(textOf('/proc/self/status'))?.[1] ?? '';

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // not Linux
  }
}
