/** A model as it matters for communication, and a step of one rank. */
export interface Load {
  readonly name: string;
  /** Bytes of gradients. */
  readonly bytes: number;
  /** Seconds in which a rank computes its micro-batches. */
  readonly compute: number;
  /** Share of that for which backward through the last micro-batch goes on, behind which sums can hide. */
  readonly hideable: number;
  /** Bytes that are complete only when backward ends. */
  readonly last: number;
}

export interface Network {
  readonly name: string;
  /** Bytes a second, each way. */
  readonly bandwidth: number;
  /** Seconds of a message. */
  readonly latency: number;
}

const BUCKET = 2 ** 22; // bytes, as in src/train/parallel/gradientSum.ts

/** Seconds of a ring allreduce: 2 (R - 1) messages one after another, each of the R-th part. */
export function ringSeconds(bytes: number, ranks: number, { bandwidth, latency }: Network): number {
  const rounds = 2 * (ranks - 1);
  const buckets = Math.ceil(bytes / BUCKET);
  return rounds * (buckets * latency + bytes / ranks / bandwidth);
}

/** The share of its time in which a rank computes, where each has as much to compute as one process alone. */
export function efficiency(load: Load, ranks: number, network: Network): number {
  const early = ringSeconds(load.bytes - load.last, ranks, network);
  const waited = Math.max(0, early - load.compute * load.hideable) + ringSeconds(load.last, ranks, network);
  return load.compute / (load.compute + (ranks === 1 ? 0 : waited));
}
