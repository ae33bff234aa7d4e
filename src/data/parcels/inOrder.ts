import type { Parcel } from './parcel.ts';

/** What is to be done with each parcel, by whatever thread. */
export interface Work<Result> {
  /** What `worker.node.ts` takes to begin it on another thread. */
  readonly argument: unknown;
  /** Begins it here. A parcel's result depends on the parcel alone. */
  begin(): (parcel: Parcel) => Result;
}

/** Does some work with each parcel, and gives the results in the order of the parcels. */
export type InOrder = <Result>(parcels: AsyncIterable<Parcel>, work: Work<Result>) => AsyncGenerator<Result>;

/** On the caller's thread alone. */
export const alone: InOrder = async function* (parcels, work) {
  const run = work.begin();
  for await (const parcel of parcels) yield run(parcel);
};
