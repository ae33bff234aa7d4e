import type { TokenStore } from './store/tokenStore.ts';
import { sha256 } from './digest.ts';

/** A text that is trained on, and how often beside others. */
export interface WeightedStore {
  readonly store: TokenStore;
  /** In proportion to those of the others; of a single one it says nothing. */
  readonly weight: number;
}

/** The texts of a run. */
export interface Sources {
  readonly train: readonly WeightedStore[];
  /** A text of its own to validate on; otherwise a share of each of the others is. */
  readonly validation?: TokenStore;
}

/** Every text of it. */
export const storesOf = ({ train, validation }: Sources): TokenStore[] => [
  ...train.map(({ store }) => store),
  ...(validation ? [validation] : []),
];

/** The share of each text in what is trained on. */
export function sharesOf({ train }: Sources): number[] {
  const all = train.reduce((sum, { weight }) => sum + weight, 0);
  return train.map(({ weight }) => weight / all);
}

/** SHA-256 of the texts as tokens and of their shares; of a single text its store's own. */
export async function sourcesFingerprint(sources: Sources): Promise<string> {
  const stores = await Promise.all(storesOf(sources).map((store) => store.fingerprint()));
  if (stores.length === 1) return stores[0];
  return sha256(
    JSON.stringify([stores, sources.train.length > 1 ? sharesOf(sources) : [], sources.validation !== undefined]),
  );
}

/** Closes every text. */
export async function closeSources(sources: Sources): Promise<void> {
  for (const store of storesOf(sources)) await store.close();
}
