import { anomalyInShort, anomalyLines } from '../../autograd/anomaly/describe.ts';
import type { Anomaly } from '../../autograd/anomaly/findAnomaly.ts';

/** What a replay has found: in a sentence, and what more there is to say in lines. */
export interface Finding {
  readonly sentence: string;
  readonly lines?: string;
}

export const findingOf = (anomaly: Anomaly): Finding => ({
  sentence: anomalyInShort(anomaly),
  lines: anomalyLines(anomaly),
});
