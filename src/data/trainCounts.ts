import type { DocumentParts } from './batches/documentParts.ts';
import type { Split } from './batches/splitDocuments.ts';
import { sharesOf } from './mixture.ts';
import type { Sources } from './mixture.ts';
import type { TokenStore } from './store/tokenStore.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** How often each ordinary id occurs in training; of a mixture, in as much text with each text's share. */
export async function trainCounts(
  sources: Sources,
  splits: readonly Split[],
  tokenizer: Tokenizer,
): Promise<Float64Array> {
  const counts = await Promise.all(
    sources.train.map(({ store }, i) => countsWithout(store, splits[i].validation, tokenizer)),
  );
  if (counts.length === 1) return counts[0];
  const totals = counts.map((one) => one.reduce((sum, count) => sum + count, 0));
  const total = totals.reduce((sum, one) => sum + one, 0);
  const shares = sharesOf(sources);
  return counts[0].map((_, id) =>
    counts.reduce((sum, one, i) => sum + (totals[i] > 0 ? (one[id] * shares[i] * total) / totals[i] : 0), 0),
  );
}

const CHUNK = 1 << 16;

/** The total minus validation, which is the smaller part to read. */
async function countsWithout(
  store: TokenStore,
  validation: DocumentParts,
  tokenizer: Tokenizer,
): Promise<Float64Array> {
  const counts = store.counts.slice();
  for (let part = 0; part < validation.count; part++)
    for (let at = validation.startOf(part), end = validation.endOf(part); at < end; at += CHUNK)
      for (const id of await store.read(at, Math.min(at + CHUNK, end))) counts[id]--;
  return counts.map((count, id) => (tokenizer.isSpecial(id) ? 0 : count));
}
