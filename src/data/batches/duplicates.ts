import type { Ascending } from '../store/ascending.ts';
import type { TokenStore } from '../store/tokenStore.ts';
import { documentParts } from './documentParts.ts';
import type { DocumentParts } from './documentParts.ts';

/** A text that is encoded, and what of it is validated on. */
export interface HeldText {
  readonly store: TokenStore;
  readonly validation: DocumentParts;
  /** Whether the rest of it is trained on. */
  readonly trains: boolean;
}

/** Validation documents that also occur in training, token for token. */
export interface Duplicates {
  /** How many parts there are. */
  readonly count: number;
  readonly tokens: number;
  /** The validation parts without them. */
  readonly rest: DocumentParts;
}

/** Finds documents of validation that are equal to some of training, in any text. Reads those of equal length, a block at a time, whatever their number. */
export async function duplicatesOf(texts: readonly HeldText[]): Promise<Duplicates[]> {
  const held = await Promise.all(texts.map(heldIn));
  const lengths = new Set<number>();
  const sought = new Set<number>();
  for (const { documents, hashes, offsets } of held)
    for (const [i, document] of documents.entries()) {
      lengths.add(offsets.at(document + 1) - offsets.at(document));
      sought.add(hashes[i]);
    }
  const found = new Set<number>();
  for (const [i, { store, trains }] of texts.entries())
    if (trains)
      await hashDocuments(
        store,
        candidates(store.offsets, lengths, held[i].documents),
        (hash) => sought.has(hash) && found.add(hash),
      );
  // training has the first part of a document that is cut
  const cuts = held.filter(({ cut }) => cut >= 0);
  return texts.map(({ validation }, text) => {
    const { hashes } = held[text];
    const isDuplicate = (i: number): boolean =>
      found.has(hashes[i]) ||
      cuts.some((other) => other.hashes[other.cut] === hashes[i] && (other !== held[text] || other.cut !== i));
    const rest = documentParts(without(validation, isDuplicate));
    return { count: hashes.length - rest.count, tokens: validation.tokens - rest.tokens, rest };
  });
}

function* without(
  { count, startOf, endOf }: DocumentParts,
  leftOut: (i: number) => boolean,
): Generator<[number, number]> {
  for (let i = 0; i < count; i++) if (!leftOut(i)) yield [startOf(i), endOf(i)];
}

interface Held {
  readonly offsets: Ascending;
  /** The numbers of the documents, ascending. */
  readonly documents: Int32Array;
  readonly hashes: Float64Array;
  /** Which of them is only in part validated on; -1 if none is. */
  readonly cut: number;
}

async function heldIn({ store, validation }: HeldText): Promise<Held> {
  const { offsets } = store;
  const documents = documentsOf(offsets, validation);
  const hashes = new Float64Array(documents.length);
  await hashDocuments(store, documents, (hash, i) => (hashes[i] = hash));
  const cut = documents.findIndex((document, i) => offsets.at(document) < validation.startOf(i));
  return { offsets, documents, hashes, cut };
}

/** The numbers of the documents that the parts are of. */
function documentsOf(offsets: Ascending, { count, startOf }: DocumentParts): Int32Array {
  const documents = new Int32Array(count);
  let document = 0;
  for (let i = 0; i < count; i++) {
    while (offsets.at(document + 1) <= startOf(i)) document++;
    documents[i] = document;
  }
  return documents;
}

/** The documents of these lengths that are in training alone. */
function* candidates(offsets: Ascending, lengths: ReadonlySet<number>, held: Int32Array): Generator<number> {
  let next = 0; // of those held
  for (let document = 0; document + 1 < offsets.length; document++)
    if (held[next] === document) next++;
    else if (lengths.has(offsets.at(document + 1) - offsets.at(document))) yield document;
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
    const end = offsets.at(document + 1);
    let [low, high] = [0, 0x9e3779b9];
    for (let at = offsets.at(document); at < end;) {
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
