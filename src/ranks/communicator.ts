/** Numbers that ranks add up. */
export type Numbers = Float32Array | Float64Array;

/** A stretch of an array that is one rank's. */
export interface Part {
  readonly rank: number;
  readonly offset: number;
  readonly size: number;
}

/** An operation under way. */
export interface Pending {
  /** Moves it on without waiting, and says whether it has ended. */
  advance(): boolean;
  /** Waits for its end. */
  end(): Promise<void>;
}

/**
 * The processes that train together, as one of them sees them: `size` ranks, itself number `rank`. What returns a promise is collective:
 * every rank calls it, in the same order.
 */
export interface Communicator {
  readonly rank: number;
  readonly size: number;
  /** Its number among the ranks of its machine. */
  readonly localRank: number;
  /** How many threads it may compute with; undefined where it need not share its cores. */
  readonly threads: number | undefined;
  /** Ranks, machines and library in a line for people; undefined for one rank. */
  readonly description: string | undefined;
  /** Seconds for which it has waited for other ranks so far. */
  readonly waited: number;
  /** Whether all ranks know that one has failed, and leave. */
  over: boolean;
  /** Whether all ranks compute equally much at the moment, so that one which does not answer for many minutes is lost. */
  equalWork: boolean;
  /** Adds up the ranks' arrays, number by number and in place: all ranks have the same bits then. */
  sum(numbers: Numbers): Promise<void>;
  /** The same, begun; the numbers must be left alone until its end. */
  startSum(numbers: Numbers): Pending;
  /** The same for parts, of which each rank has one or none (reduce-scatter): each gets the sum of its own, and leaves the others alone. */
  startSumOfParts(numbers: Numbers, parts: readonly Part[]): Pending;
  /** Gives all ranks the parts that each of them has of an array (allgather). */
  gatherParts(numbers: Numbers, parts: readonly Part[]): Promise<void>;
  /** Overwrites the ranks' arrays by that of one, rank 0 if it is left out. */
  broadcast(bytes: ArrayBufferView, from?: number): Promise<void>;
  /** Calls `tell`, once, if the other ranks have not answered for a while from now on. */
  watch(tell: () => void): void;
}

const nothing: Pending = { advance: () => true, end: () => Promise.resolve() };

/** One process by itself. */
export const alone: Communicator = {
  rank: 0,
  size: 1,
  localRank: 0,
  threads: undefined,
  description: undefined,
  waited: 0,
  over: false,
  equalWork: false,
  sum: () => Promise.resolve(),
  startSum: () => nothing,
  startSumOfParts: () => nothing,
  gatherParts: () => Promise.resolve(),
  broadcast: () => Promise.resolve(),
  watch: () => {},
};
