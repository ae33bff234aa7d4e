import { Ascending } from '../store/ascending.ts';

/** Stretches of the token store, each a document or a part of one, ascending. */
export interface DocumentParts {
  readonly count: number;
  /** Position of the first token of a part. */
  startOf(this: void, part: number): number;
  /** Position after the last token of a part. */
  endOf(this: void, part: number): number;
  readonly tokens: number;
}

/** Some stretches. */
export function documentParts(stretches: Iterable<readonly [start: number, end: number]>): DocumentParts {
  const starts = new Ascending();
  const ends = new Ascending();
  let tokens = 0;
  for (const [start, end] of stretches) {
    starts.push(start);
    ends.push(end);
    tokens += end - start;
  }
  return { count: starts.length, startOf: (part) => starts.at(part), endOf: (part) => ends.at(part), tokens };
}

/** All documents of a store, whole. */
export const allDocuments = (offsets: Ascending): DocumentParts => ({
  count: offsets.length - 1,
  startOf: (part) => offsets.at(part),
  endOf: (part) => offsets.at(part + 1),
  tokens: offsets.last(),
});

/** None of them. */
export const noDocuments: DocumentParts = documentParts([]);
