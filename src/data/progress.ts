/** How far preparing the data is. `done` of `total` count bytes, or tokens while merging. */
export interface Progress {
  readonly stage: 'counting words' | 'building vocabulary' | 'encoding';
  readonly done: number;
  readonly total: number;
}

/** Something a person should know, such as a damaged cache that is built again. */
export interface Notice {
  readonly notice: string;
}

export type OnProgress = (event: Progress | Notice) => void;
