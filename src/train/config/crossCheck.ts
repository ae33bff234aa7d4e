/** A rule on several keys; the first of them is the one to blame. */
export interface CrossCheck<C> {
  readonly keys: readonly [string, ...string[]];
  readonly broken: (config: C) => { expected: string; advice: string } | undefined | false;
}
