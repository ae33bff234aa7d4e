import type { ModelOptions } from './options.ts';

/** Whether a token sees only a window in block `block`, of those that count from 0. */
export const isLocal = ({ localWindow, globalEvery }: ModelOptions, block: number): boolean =>
  localWindow > 0 && block % globalEvery !== 0;

/** How many tokens away a key may be in local blocks. */
export const reachOf = ({ localWindow }: ModelOptions): number => Math.floor(localWindow / 2);
