import type { TokenStore } from '../store/tokenStore.ts';
import { documentParts } from './documentParts.ts';
import type { DocumentParts } from './documentParts.ts';
import type { Split } from './splitDocuments.ts';

/** Validation documents that also occur in training, token for token. */
export interface Duplicates {
  /** How many parts there are. */
  readonly count: number;
  readonly tokens: number;
  /** The validation parts without them. */
  readonly rest: DocumentParts;
}

/** Finds equal documents on both sides. Reads those of equal length, a block at a time, whatever their number. */
export async function duplicatesOf(store: TokenStore, { validation }: Split): Promise<Duplicates> {
  const { offsets } = store;
  const held = documentsOf(offsets, validation);
  const lengths = new Set(Array.from(held, (document) => offsets[document + 1] - offsets[document]));
  const hashes = new Float64Array(held.length);
  await hashDocuments(store, held, (hash, i) => (hashes[i] = hash));
  const cut = held.findIndex((document, i) => offsets[document] < validation.starts[i]); // training has its first part

  const sought = new Set(hashes);
  const found = new Set<number>();
  await hashDocuments(
    store,
    candidates(offsets, lengths, new Set(held)),
    (hash) => sought.has(hash) && found.add(hash),
  );
  const isDuplicate = (i: number): boolean =>
    found.has(hashes[i]) || (cut >= 0 && i !== cut && hashes[i] === hashes[cut]);
  const stretches = Array.from(validation.starts, (start, i) => [start, validation.ends[i]] as const);
  const rest = documentParts(stretches.filter((_, i) => !isDuplicate(i)));
  return { count: held.length - rest.starts.length, tokens: validation.tokens - rest.tokens, rest };
}

/** The numbers of the documents that the parts, which ascend, are of. */
function documentsOf(offsets: Float64Array, { starts }: DocumentParts): Int32Array {
  let document = 0;
  return Int32Array.from(starts, (start) => {
    while (offsets[document + 1] <= start) document++;
    return document;
  });
}

/** The documents of these lengths that are in training alone. */
function* candidates(
  offsets: Float64Array,
  lengths: ReadonlySet<number>,
  held: ReadonlySet<number>,
): Generator<number> {
  for (let document = 0; document + 1 < offsets.length; document++)
    if (!held.has(document) && lengths.has(offsets[document + 1] - offsets[document])) yield document;
}

const BLOCK = 1 << 16;

/** 53 bits of each document, which ascend: two that differ have the same with a probability of 2^-53. */
async function hashDocuments(
  store: TokenStore,
  documents: Iterable<number>,
  tell: (hash: number, i: number) => void,
): Promise<void> {
  const { offsets, tokens } = store;
  let block: Int32Array = new Int32Array(0);
  let start = 0; // of the block
  let i = 0;
  for (const document of documents) {
    const end = offsets[document + 1];
    let [low, high] = [0, 0x9e3779b9];
    for (let at = offsets[document]; at < end;) {
      if (at >= start + block.length) block = await store.read((start = at), Math.min(at + BLOCK, tokens));
      const last = Math.min(end, start + block.length);
      for (; at < last; at++) {
        const id = block[at - start];
        low = Math.imul(low ^ id, 0x85ebca6b);
        low ^= low >>> 15;
        high = Math.imul(high ^ id, 0xc2b2ae35);
        high ^= high >>> 13;
      }
    }
    tell((low >>> 0) * 2 ** 21 + (high >>> 11), i++);
  }
}
