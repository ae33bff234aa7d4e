import { metricsEntries } from '../../../../src/train/run/metricsText.ts';
import type { Metric } from '../../protocol.ts';
import { takeApart } from './runFiles.ts';
import { zipsOf } from './savedRuns.ts';
import { bytesOf, unzipped } from './zip.ts';

/** What the page shows of the lines of a metrics.jsonl. */
export const metricsIn = (text: string): Metric[] =>
  (metricsEntries(text) as unknown as Metric[]).filter(({ event }) => event === 'train' || event === 'validate');

/** Of the last checkpoint of a kept run; nothing where there is none. */
export async function metricsOf(name: string): Promise<Metric[]> {
  const [zip] = await zipsOf(name);
  return zip ? metricsIn(takeApart(unzipped(await bytesOf(zip), name)).metrics) : [];
}
