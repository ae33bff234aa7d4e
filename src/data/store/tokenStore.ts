import { Ascending } from './ascending.ts';
import { storeFingerprint } from './storeFingerprint.ts';

/** All tokens of a corpus, document after document. */
export interface TokenStore {
  readonly tokens: number;
  /** Where each document begins; one more entry than documents, the last is `tokens`. */
  readonly offsets: Ascending;
  /** How often each id occurs. (vocabSize) */
  readonly counts: Float64Array;
  /** SHA-256 that changes with any token and with where documents end. */
  fingerprint(): Promise<string>;
  /** The ids at positions [start, end). */
  read(start: number, end: number): Promise<Int32Array>;
  close(): Promise<void>;
}

/** A token store in memory. @param documents where they begin, and where the last one ends */
export function memoryTokenStore(ids: Int32Array, documents: Iterable<number>, vocabSize: number): TokenStore {
  const offsets = Ascending.of(documents);
  const counts = new Float64Array(vocabSize);
  for (const id of ids) counts[id]++;
  return {
    tokens: ids.length,
    offsets,
    counts,
    fingerprint: () => storeFingerprint(ids, counts, Float64Array.from(offsets)),
    read: (start, end) => Promise.resolve(ids.slice(start, end)),
    close: () => Promise.resolve(),
  };
}
