import type { Parameter } from '../../autograd/parameters/parameter.ts';
import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { Communicator, Numbers, Pending } from '../../ranks/communicator.ts';

/** Numbers that are added up at a time. The order of addition depends on it, so it is part of a run's bits. */
const BUCKET = 2 ** 20;
/** Buckets under way at a time: each takes its size of memory in MPI. */
const UNDER_WAY = 2;

/** How long a step has waited for a piece of gradients. */
export interface PieceWait {
  readonly bytes: number;
  readonly seconds: number;
}

/** A stretch of gradients, and the parameters that have a part of it. */
interface Bucket {
  readonly gradients: DeviceArray;
  readonly begin: number;
  readonly end: number;
  readonly parameters: ReadonlySet<Parameter>;
}

/**
 * Adds up the gradients of all ranks, on each of them. From the second step on a bucket is on its way while backward goes on, as soon as it is
 * complete: on a device whose memory the host can reach, in place; on others it is read meanwhile, and added up once it has come and
 * backward is enqueued. The first step finds out in which order that is, which must be the same on all ranks. The bits do not depend on it.
 */
export class GradientSum {
  readonly #ranks: Communicator;
  readonly #device: Device;
  readonly #parameters: Parameters;
  readonly #bucket: number;
  readonly #buckets: readonly Bucket[];
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

  /** @param bucket numbers that are added up at a time */
  constructor(ranks: Communicator, device: Device, parameters: Parameters, bucket = BUCKET) {
    this.#ranks = ranks;
    this.#device = device;
    this.#parameters = parameters;
    this.#buckets = ranks.size === 1 ? [] : bucketsOf(parameters, bucket);
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
    if (!this.#hostNumbers(first.bucket)) this.#device.write(this.#view(first.bucket), first.numbers);
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
      this.#underWay.push({ bucket, pending: this.#ranks.startSum(numbers), numbers });
      this.#started += 1;
    }
  }

  async #startNext(i: number): Promise<void> {
    const before = performance.now();
    const numbers = this.#hostNumbers(i) ?? (await this.#read.get(i));
    if (numbers) this.#underWay.push({ bucket: i, pending: this.#ranks.startSum(numbers), numbers });
    else await this.#copied(this.#buckets[i]);
    this.#read.delete(i);
    this.#waited[i] += performance.now() - before;
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
    return end - begin === gradients.size ? gradients : this.#device.view(gradients, begin, end - begin);
  }

  #hostNumbers(i: number): Numbers | undefined {
    const { gradients, begin, end } = this.#buckets[i];
    return this.#device.hostView(gradients)?.subarray(begin, end);
  }

  /** Through the host, all of an array at once: devices without views read and write nothing smaller. */
  async #copied({ gradients, begin }: Bucket): Promise<void> {
    if (begin > 0) return; // with its first bucket
    const numbers = (await this.#device.read(gradients)) as Numbers;
    for (let at = 0; at < numbers.length; at += this.#bucket)
      await this.#ranks.sum(numbers.subarray(at, at + this.#bucket));
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

function bucketsOf({ arenas }: Parameters, size: number): Bucket[] {
  return arenas.flatMap(({ gradients, members }) =>
    Array.from({ length: Math.ceil(gradients.size / size) }, (_, i) => {
      const [begin, end] = [i * size, Math.min((i + 1) * size, gradients.size)];
      const inside = members.filter(({ parameter, offset }) => offset < end && offset + parameter.size > begin);
      return { gradients, begin, end, parameters: new Set(inside.map(({ parameter }) => parameter)) };
    }),
  );
}
