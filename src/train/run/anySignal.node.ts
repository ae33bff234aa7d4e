import { constants } from 'node:os';
import type { Communicator } from '../../ranks/communicator.ts';
import type { StopSignal } from './signals.node.ts';

/** A signal that came to any of the ranks: the same one for all. */
export async function anySignal(ranks: Communicator, own: StopSignal | undefined): Promise<StopSignal | undefined> {
  if (ranks.size === 1) return own;
  const codes = new Float64Array(ranks.size);
  codes[ranks.rank] = own?.exitCode ?? 0;
  await ranks.sum(codes);
  const exitCode = codes.find((code) => code > 0);
  const name = Object.entries(constants.signals).find(([, number]) => 128 + number === exitCode)?.[0];
  return exitCode === undefined ? undefined : { name: name as StopSignal['name'], exitCode };
}
