import type { ArrayType } from '../../contract.ts';
import type { KernelTime, Timer } from '../../profile.ts';
import { Batch } from './batch.ts';
import { Bindings } from './bindings.ts';
import { Buffers, VIEW_ALIGNMENT, bytesOf, viewOf } from './buffers.ts';
import type { GpuArray } from './buffers.ts';
import type { Failure } from './failure.ts';
import { fromHalves, toHalves } from '../../half.ts';
import { Order } from './order.ts';
import type { OnCompile } from './order.ts';
import { Pipeline } from './pipeline.ts';
import type { Bound } from './pipeline.ts';
import { BufferReadback } from './readback.ts';
import type { Shader } from './shader.ts';
import { Specialisations } from './specialisations.ts';
import { Timestamps } from './timestamps.ts';
import type { Trials } from './tuner/tuner.ts';

/** A declared shader. */
export interface Dispatch<A extends string, P extends string> {
  /** Enqueues it over `groups` workgroups. @param flops multiplications and additions, where there are many */
  (
    arrays: { readonly [N in A]: GpuArray },
    parameters: { readonly [N in P]: number },
    groups: number,
    flops?: number,
  ): void;
  /** Whether it is compiled for arrays of these types. Begins to compile it if it is not. */
  ready(arrays: { readonly [N in A]: GpuArray }): boolean;
}

/**
 * Collects dispatches in batches; the GPU runs them in order. Only `read` waits: a pipeline compiles when it is first needed,
 * and what needs it is kept in order until then.
 */
export class Queue {
  readonly #device: GPUDevice;
  readonly #failure: Failure;
  readonly #order: Order;
  readonly #batch: Batch;
  readonly #buffers: Buffers;
  readonly #readback: BufferReadback;
  readonly #timestamps: Timestamps | undefined;
  readonly #trialTimes: Timestamps | undefined;
  /** The label under which the next dispatches are timed. */
  #trial: string | undefined;
  #workspace: GpuArray | undefined;
  #moved = 0;

  /** @param onCompile hears how many of the pipelines that commands wait for are compiled */
  constructor(device: GPUDevice, failure: Failure, onCompile?: OnCompile) {
    this.#device = device;
    this.#failure = failure;
    this.#order = new Order(() => failure.known, onCompile);
    this.#batch = new Batch(device, failure);
    this.#buffers = new Buffers(device, failure);
    this.#readback = new BufferReadback(device);
    if (device.features.has('timestamp-query'))
      [this.#timestamps, this.#trialTimes] = [0, 1].map(() => new Timestamps(device, () => this.#submitted()));
  }

  /** Times kernels, if the adapter can. */
  get timer(): Timer | undefined {
    return this.#timestamps;
  }

  /** Times single dispatches for the tuner, if the adapter can, but not while all dispatches are timed or any waits. */
  get trials(): Trials {
    const ready = (): boolean => this.#trialTimes !== undefined && !this.#timestamps?.on && !this.#order.waits;
    return {
      get ready() {
        return ready();
      },
      time: (label, work) => {
        this.#trial = label;
        work();
        this.#trial = undefined;
      },
      collect: async () => (await this.#trialTimes?.stop()) ?? new Map<string, KernelTime>(),
    };
  }

  shader<A extends string, P extends string>(shader: Shader<A, P>): Dispatch<A, P> {
    const pipelines = new Specialisations<A, P>(
      shader,
      (reals) => new Pipeline(this.#device, this.#failure, this.#batch.uniforms, shader, reals),
    );
    const bindings = new Bindings(pipelines);
    const dispatch = (
      arrays: { readonly [N in A]: GpuArray },
      parameters: { readonly [N in P]: number },
      groups: number,
      flops = 0,
    ): void => {
      this.#failure.check();
      const bound = bindings.for(arrays);
      const { pipeline } = bound;
      if (!pipeline.pipeline) this.#order.hold(pipeline.compiled());
      this.#run(bound, parameters, groups, flops);
    };
    const ready = (arrays: { readonly [N in A]: GpuArray }): boolean => {
      const pipeline = pipelines.for(arrays);
      void pipeline.compiled();
      return pipeline.pipeline !== undefined;
    };
    return Object.assign(dispatch, { ready });
  }

  /** Maximum number of f32 elements per array. */
  get largestArray(): number {
    return this.#buffers.largest;
  }

  allocate(type: ArrayType, elements: number): GpuArray {
    this.#failure.check();
    return this.#buffers.allocate(type, elements);
  }

  /** Bytes written to temporary arrays so far, and read again. */
  get moved(): number {
    return this.#moved;
  }

  /** Frees the memory once the commands so far have used it. */
  release(array: GpuArray): void {
    this.#order.run(() => {
      if (this.#batch.uses(array)) this.#batch.flush();
      array.storage.buffer.destroy(); // takes effect after the submitted commands
    });
  }

  /** Temporary f32 arrays of these sizes for one kernel's dispatches. The next kernel overwrites them. */
  workspace(...sizes: readonly number[]): GpuArray[] {
    for (const size of sizes) this.#moved += 2 * 4 * size;
    const starts = [0];
    for (const size of sizes) starts.push((starts.at(-1) ?? 0) + Math.ceil(size / VIEW_ALIGNMENT) * VIEW_ALIGNMENT);
    const total = starts.at(-1) ?? 0;
    if (!this.#workspace || this.#workspace.bytes < 4 * total) {
      if (this.#workspace) this.release(this.#workspace);
      this.#workspace = this.allocate('f32', total);
    }
    const whole = this.#workspace;
    return sizes.map((size, i) => viewOf(whole, starts[i] ?? 0, size));
  }

  /** Fills the array with zeros, unless it is new and already has them. */
  clear(array: GpuArray): void {
    this.#failure.check();
    this.#order.run(() => {
      if (!array.storage.fresh) this.#batch.clear(array);
    });
  }

  write(array: GpuArray, data: ArrayLike<number>): void {
    this.#failure.check();
    const given = hostValues(array.type, data);
    const values = this.#order.waits ? given.slice() : given; // the caller may change it before its turn comes
    this.#order.run(() => {
      if (this.#batch.uses(array)) this.#batch.flush(); // a write would overtake the commands of the open batch
      const { storage, offset } = array;
      storage.fresh = false;
      this.#device.queue.writeBuffer(storage.buffer, offset, values.buffer, values.byteOffset, values.byteLength);
    });
  }

  async read(array: GpuArray, size: number): Promise<Float32Array | Int32Array> {
    this.#failure.check();
    const { type } = array;
    const bytes = 4 * Math.ceil(bytesOf(type, size) / 4); // copies consist of whole words
    const target = this.#readback.take(bytes);
    this.#order.run(() => {
      this.#batch.copy(array, target, bytes);
      this.#batch.flush();
    });
    if (this.#order.waits) {
      await this.#order.settled();
      this.#failure.check(); // of the pipelines: what waited for them did not run
    }
    let contents: ArrayBuffer;
    try {
      contents = await this.#readback.contents(target, bytes);
    } catch (error) {
      await this.#failure.settle();
      this.#failure.note('reading failed', String(error));
      this.#failure.check();
      throw error;
    }
    await this.#failure.settle();
    if (type === 'f16') return fromHalves(new Uint16Array(contents, 0, size));
    return type === 'f32' ? new Float32Array(contents) : new Int32Array(contents);
  }

  /** Forgets the commands that wait, and waits for what is being compiled. */
  async end(): Promise<void> {
    this.#order.drop();
    await this.#order.settled();
  }

  /** Resolves when all commands so far are submitted. */
  async #submitted(): Promise<void> {
    if (this.#order.waits) await this.#order.settled();
    this.#batch.flush();
  }

  #run<A extends string, P extends string>(
    bound: Bound<A, P>,
    parameters: { readonly [N in P]: number },
    groups: number,
    flops: number,
  ): void {
    if (this.#order.waits) {
      const given = { ...parameters }; // the caller may change them before their turn comes
      this.#order.run(() => this.#batch.dispatch(bound, given, groups, flops, this.#timed));
    } else if (this.#trial === undefined) this.#batch.dispatch(bound, parameters, groups, flops, this.#timed);
    else this.#batch.dispatch(bound, parameters, groups, flops, this.#trialTimes, this.#trial);
  }

  /** Where all dispatches are timed, while they are. */
  get #timed(): Timestamps | undefined {
    return this.#timestamps?.on ? this.#timestamps : undefined;
  }
}

/** The bytes that represent these numbers on the GPU. */
function hostValues(type: ArrayType, data: ArrayLike<number>): Float32Array | Int32Array | Uint16Array {
  if (type === 'f16') return toHalves(data);
  const Host = type === 'f32' ? Float32Array : Int32Array;
  return data instanceof Host ? data : Host.from(data);
}
