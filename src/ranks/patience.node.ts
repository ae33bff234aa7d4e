import { BertrandError } from '../error.ts';

/** The environment variable for it. */
export const PATIENCE = 'BERTRAND_MPI_PATIENCE';

const MINUTES = 10;

/** For how many minutes a rank waits in a step for the others before they count as lost. 0 in the environment stands for ever. */
export function patienceOf(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const text = env[PATIENCE];
  if (!text) return MINUTES;
  const minutes = Number(text);
  if (!(minutes >= 0)) throw new BertrandError(`${PATIENCE}: expected a number of minutes, 0 for ever, found ${text}`);
  return minutes === 0 ? Infinity : minutes;
}
