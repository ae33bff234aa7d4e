/** Progress of preparing. `done` of `total` count bytes, tokens while merging, or shaders. */
export interface Progress {
  readonly stage:
    | 'counting words'
    | 'building vocabulary'
    | 'encoding'
    | 'compiling shaders'
    | 'evaluating'
    | 'replaying';
  readonly done: number;
  readonly total: number;
}

/** A notice for the user, such as a damaged cache that is being rebuilt. */
export interface Notice {
  readonly notice: string;
}

export type OnProgress = (event: Progress | Notice) => void;
