import { metricsEntries } from '../../../../src/train/run/metricsText.ts';
import { BertrandError } from '../../../../src/error.ts';
import type { Metric } from '../../protocol.ts';
import { takeApart } from './runFiles.ts';
import { zipsOf } from './savedRuns.ts';
import { bytesOf, unzipped } from './zip.ts';

/** What the page shows of the lines of a metrics.jsonl. */
export const metricsIn = (text: string): Metric[] =>
  (metricsEntries(text) as unknown as Metric[]).filter(({ event }) => event === 'train' || event === 'validate');

/** Of the last checkpoint of a kept run. Throws a BertrandError where there is none: another tab may have removed it. */
export async function metricsOf(name: string): Promise<Metric[]> {
  const [zip] = await zipsOf(name);
  if (!zip) throw new BertrandError(`“${name}” has no checkpoint here`, { advice: 'another tab may have removed it' });
  return metricsIn(takeApart(unzipped(await bytesOf(zip), name)).metrics);
}
