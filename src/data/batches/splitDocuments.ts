import type { Ascending } from '../store/ascending.ts';
import { documentParts } from './documentParts.ts';
import type { DocumentParts } from './documentParts.ts';
import { permutation } from './permutation.ts';

export interface Split {
  readonly train: DocumentParts;
  readonly validation: DocumentParts;
}

/**
 * Sets round(fraction * tokens) tokens aside for validation: whole documents drawn by `seed`, the last of them cut so
 * that its tail makes up the number. No token is in both.
 */
export function splitDocuments(offsets: Ascending, fraction: number, seed: number): Split {
  const documents = offsets.length - 1;
  const order = permutation(`${seed}/validation documents`, documents);
  let missing = Math.round(fraction * offsets.last());
  const held: number[] = [];
  let cut: { readonly document: number; readonly at: number } | undefined; // the one whose beginning is trained on
  for (let i = 0; i < documents && missing > 0; i++) {
    const document = order(i);
    const [start, end] = [offsets.at(document), offsets.at(document + 1)];
    if (end - start > missing) cut = { document, at: end - missing };
    held.push(document);
    missing -= Math.min(missing, end - start);
  }
  const ascending = Int32Array.from(held).toSorted();
  const beginning = (document: number): number => (cut?.document === document ? cut.at : offsets.at(document));
  const validation = documentParts(
    Array.from(ascending, (document) => [beginning(document), offsets.at(document + 1)]),
  );
  const whole = ascending.filter((document) => document !== cut?.document);
  return { train: without(offsets, whole, cut), validation };
}

/** All documents but a few, one of them only in part: they take no memory of their own. */
function without(
  offsets: Ascending,
  leftOut: Int32Array,
  cut: { readonly document: number; readonly at: number } | undefined,
): DocumentParts {
  /** The document of a part: it is as many further on as there are left out before it. */
  const documentOf = (part: number): number => {
    let low = 0;
    let high = leftOut.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (leftOut[middle] - middle <= part) low = middle + 1;
      else high = middle;
    }
    return part + low;
  };
  const endOf = (document: number): number => (cut?.document === document ? cut.at : offsets.at(document + 1));
  let tokens = offsets.last() - (cut ? offsets.at(cut.document + 1) - cut.at : 0);
  for (const document of leftOut) tokens -= offsets.at(document + 1) - offsets.at(document);
  return {
    count: offsets.length - 1 - leftOut.length,
    startOf: (part) => offsets.at(documentOf(part)),
    endOf: (part) => endOf(documentOf(part)),
    tokens,
  };
}
