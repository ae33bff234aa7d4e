import { documentParts, type DocumentParts } from './documentParts.ts';
import { permutation } from './permutation.ts';

export interface Split {
  readonly train: DocumentParts;
  readonly validation: DocumentParts;
}

/**
 * Sets round(fraction * tokens) tokens aside for validation: whole documents drawn by `seed`, the last of them cut so
 * that its tail makes up the number. No token is in both.
 */
export function splitDocuments(offsets: Float64Array, fraction: number, seed: number): Split {
  const documents = offsets.length - 1;
  const order = permutation(`${seed}/validation documents`, documents);
  let missing = Math.round(fraction * offsets[documents]);
  const validationStart = offsets.slice(1); // of each document: from here on it is validation
  for (let i = 0; i < documents && missing > 0; i++) {
    const document = order(i);
    const taken = Math.min(missing, offsets[document + 1] - offsets[document]);
    validationStart[document] -= taken;
    missing -= taken;
  }
  const train: [number, number][] = [];
  const validation: [number, number][] = [];
  for (const [document, cut] of validationStart.entries()) {
    const [start, end] = [offsets[document], offsets[document + 1]];
    if (start < cut) train.push([start, cut]);
    if (cut < end) validation.push([cut, end]);
  }
  return { train: documentParts(train), validation: documentParts(validation) };
}
