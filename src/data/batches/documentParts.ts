/** Stretches of the token store, each a document or a part of one. */
export interface DocumentParts {
  /** Position of the first token of each. (parts) */
  readonly starts: Float64Array;
  /** Position after the last token of each. (parts) */
  readonly ends: Float64Array;
  readonly tokens: number;
}

export function documentParts(stretches: readonly (readonly [start: number, end: number])[]): DocumentParts {
  return {
    starts: Float64Array.from(stretches, ([start]) => start),
    ends: Float64Array.from(stretches, ([, end]) => end),
    tokens: stretches.reduce((sum, [start, end]) => sum + end - start, 0),
  };
}
