import type { Parameter } from '../../autograd/parameters/parameter.ts';
import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Communicator, Numbers, Part, Pending } from '../../ranks/communicator.ts';
import { BUCKET, bucketsOf, membersIn, viewOf } from '../optimizer/parts.ts';
import type { Bucket, SharedBucket } from '../optimizer/parts.ts';

/** Buckets under way at a time: each takes its size of memory in MPI. */
const UNDER_WAY = 2;

/** How long a step has waited for a piece of gradients. */
export interface PieceWait {
  readonly bytes: number;
  readonly seconds: number;
}

/** A bucket of gradients, and the parameters that have a part of it. */
interface GradientBucket {
  readonly gradients: DeviceArray;
  readonly begin: number;
  readonly end: number;
  readonly parts: readonly Part[] | undefined;
  readonly parameters: ReadonlySet<Parameter>;
}

/**
 * Adds up the gradients of all ranks: on each of them all, or, where they share the optimizer, on each those that it updates.
 * From the second step on a bucket is on its way while backward goes on, as soon as it is complete: on a device whose memory the
 * host can reach, in place; on others it is read meanwhile, and added up once it has come and backward is enqueued. The first step
 * finds out in which order that is, which must be the same on all ranks. The bits do not depend on it.
 */
export class GradientSum {
  readonly #ranks: Communicator;
  readonly #device: Device;
  readonly #parameters: Parameters;
  readonly #bucket: number;
  readonly #buckets: readonly GradientBucket[];
  #order: readonly number[] | undefined;
  /** Of each bucket, the parameters that backward has yet to complete. */
  #missing: Set<Parameter>[] = [];
  #completed: number[] = [];
  #started = 0;
  #underWay: { readonly bucket: number; readonly pending: Pending; readonly numbers: Numbers }[] = [];
  /** Where the host cannot reach the device's memory: what was read ahead, by bucket. */
  readonly #read = new Map<number, Promise<Numbers>>();
  /** Of each bucket, in milliseconds. */
  #waited: number[] = [];

  /**
   * @param shared where ranks share the optimizer, its buckets
   * @param bucket otherwise, numbers that are added up at a time
   */
  constructor(
    ranks: Communicator,
    device: Device,
    parameters: Parameters,
    shared?: readonly SharedBucket[],
    bucket = BUCKET,
  ) {
    this.#ranks = ranks;
    this.#device = device;
    this.#parameters = parameters;
    const cut: readonly (Bucket & Partial<SharedBucket>)[] = shared ?? bucketsOf(parameters.arenas, bucket);
    this.#buckets = ranks.size === 1 ? [] : cut.map(withParameters);
    this.#bucket = bucket;
  }

  /** Gets ready for a step. @returns what hears of backward through its last micro-batch */
  begin(): ((completed: readonly Parameter[]) => void) | undefined {
    if (this.#ranks.size === 1) return undefined;
    this.#missing = this.#buckets.map(({ parameters }) => new Set(parameters));
    this.#completed = [];
    this.#started = 0;
    this.#waited = this.#buckets.map(() => 0);
    return (completed) => this.#hear(completed);
  }

  /** Waits until all are added up. */
  async end(): Promise<void> {
    if (this.#ranks.size === 1) return;
    this.#parameters.completeGradients(); // of those that backward did not reach, whose buckets have not started
    this.#order ??= await this.#agreedOrder();
    for (const missing of this.#missing) missing.clear();
    this.#readAhead();
    for (; this.#started < this.#order.length; this.#started++) {
      if (this.#underWay.length >= UNDER_WAY) await this.#finish();
      await this.#startNext(this.#order[this.#started]);
    }
    while (this.#underWay.length > 0) await this.#finish();
  }

  /** What the last step has waited for each piece, in the order in which they are added up. */
  get waits(): PieceWait[] {
    return (this.#order ?? []).map((i) => {
      const { begin, end } = this.#buckets[i];
      return { bytes: 4 * (end - begin), seconds: this.#waited[i] / 1000 };
    });
  }

  /** Waits for the bucket that has been under way the longest. */
  async #finish(): Promise<void> {
    const first = this.#underWay.shift();
    if (!first) return;
    const begin = performance.now();
    await first.pending.end();
    this.#waited[first.bucket] += performance.now() - begin;
    if (!this.#hostNumbers(first.bucket)) this.#write(first.bucket, first.numbers);
  }

  #hear(completed: readonly Parameter[]): void {
    for (const parameter of completed)
      for (const [i, missing] of this.#missing.entries())
        if (missing.delete(parameter) && missing.size === 0) this.#completed.push(i);
    if (!this.#order) return;
    this.#readAhead();
    this.#underWay = this.#underWay.filter(({ pending }) => !pending.advance());
    while (this.#underWay.length < UNDER_WAY && this.#missing[this.#order[this.#started]]?.size === 0) {
      const bucket = this.#order[this.#started];
      const numbers = this.#hostNumbers(bucket);
      if (!numbers) return;
      this.#start(bucket, numbers);
      this.#started += 1;
    }
  }

  async #startNext(i: number): Promise<void> {
    const before = performance.now();
    const numbers = this.#hostNumbers(i) ?? (await this.#read.get(i));
    if (numbers) this.#start(i, numbers);
    else await this.#copied(this.#buckets[i]);
    this.#read.delete(i);
    this.#waited[i] += performance.now() - before;
  }

  #start(bucket: number, numbers: Numbers): void {
    const { parts } = this.#buckets[bucket];
    const pending = parts ? this.#ranks.startSumOfParts(numbers, parts) : this.#ranks.startSum(numbers);
    this.#underWay.push({ bucket, pending, numbers });
  }

  /** Begins to read the complete buckets that come next, where that is possible and of use. */
  #readAhead(): void {
    if (this.#device.viewAlignment === 0) return;
    for (const i of (this.#order ?? []).slice(this.#started)) {
      if (this.#missing[i].size > 0 || this.#hostNumbers(i)) return;
      if (this.#read.has(i)) continue;
      const read = this.#device.read(this.#view(i)) as Promise<Numbers>;
      read.catch(() => {}); // it is waited for later, which throws
      this.#read.set(i, read);
    }
  }

  #view(i: number): DeviceArray {
    const { gradients, begin, end } = this.#buckets[i];
    return viewOf(this.#device, gradients, { offset: begin, size: end - begin });
  }

  /** Writes the sum of a bucket, as far as this rank has it. */
  #write(i: number, numbers: Numbers): void {
    const {
      gradients,
      begin,
      parts = [{ rank: this.#ranks.rank, offset: 0, size: numbers.length }],
    } = this.#buckets[i];
    for (const { rank, offset, size } of parts)
      if (rank === this.#ranks.rank)
        this.#device.write(
          viewOf(this.#device, gradients, { offset: begin + offset, size }),
          numbers.subarray(offset, offset + size),
        );
  }

  #hostNumbers(i: number): Numbers | undefined {
    const { gradients, begin, end } = this.#buckets[i];
    return this.#device.hostView(gradients)?.subarray(begin, end);
  }

  /** Through the host, all of an array at once: devices without views read and write nothing smaller. */
  async #copied({ gradients, begin, parts }: GradientBucket): Promise<void> {
    if (begin > 0) return; // with its first bucket
    const numbers = (await this.#device.read(gradients)) as Numbers;
    const length = parts ? Math.ceil(this.#bucket / this.#ranks.size) : this.#bucket; // one rank receives that from all others
    for (let at = 0; at < numbers.length; at += length) {
      const some = numbers.subarray(at, at + length);
      if (parts) await this.#ranks.startSumOfParts(some, [{ ...parts[0], size: some.length }]).end();
      else await this.#ranks.sum(some);
    }
    this.#device.write(gradients, numbers);
  }

  /** Rank 0's: first the buckets that backward completes, then the others. */
  async #agreedOrder(): Promise<number[]> {
    const rest = this.#buckets.map((_, i) => i).filter((i) => !this.#completed.includes(i));
    const order = Float64Array.from([...this.#completed, ...rest]);
    await this.#ranks.broadcast(order);
    return [...order];
  }
}

function withParameters({ arena, begin, end, parts }: Bucket & Partial<SharedBucket>): GradientBucket {
  const inside = membersIn(arena, { offset: begin, size: end - begin });
  return {
    gradients: arena.gradients,
    begin,
    end,
    parts,
    parameters: new Set(inside.map(({ parameter }) => parameter)),
  };
}
