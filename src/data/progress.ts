/** Progress of preparing the data. `done` of `total` count bytes, or tokens while merging. */
export interface Progress {
  readonly stage: 'counting words' | 'building vocabulary' | 'encoding';
  readonly done: number;
  readonly total: number;
}

/** A notice for the user, such as a damaged cache that is being rebuilt. */
export interface Notice {
  readonly notice: string;
}

export type OnProgress = (event: Progress | Notice) => void;
