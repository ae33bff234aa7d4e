import type { ArrayType } from '../../contract.ts';
import type { KernelTime, Timer } from '../../profile.ts';
import { Buffers, VIEW_ALIGNMENT, bytesOf, viewOf } from './buffers.ts';
import type { GpuArray } from './buffers.ts';
import type { Failure } from './failure.ts';
import { fromHalves, toHalves } from '../../half.ts';
import { Pipeline } from './pipeline.ts';
import { BufferReadback } from './readback.ts';
import { grid } from './shader.ts';
import type { Shader } from './shader.ts';
import { Specialisations } from './specialisations.ts';
import { Timestamps } from './timestamps.ts';
import type { Trials } from './tuner/tuner.ts';
import { Uniforms } from './uniforms.ts';

/** Dispatches per batch of commands: enough to be cheap, few enough to start the GPU early. */
const BATCH = 64;

/** Enqueues a shader over `groups` workgroups. */
export type Dispatch<A extends string, P extends string> = (
  arrays: { readonly [N in A]: GpuArray },
  parameters: { readonly [N in P]: number },
  groups: number,
) => void;

/** Collects dispatches in batches; the GPU runs them in order. Only `read` waits. */
export class Queue {
  readonly #device: GPUDevice;
  readonly #failure: Failure;
  readonly #buffers: Buffers;
  readonly #uniforms: Uniforms;
  readonly #readback: BufferReadback;
  readonly #timestamps: Timestamps | undefined;
  readonly #trialTimes: Timestamps | undefined;
  readonly #shaders: Specialisations[] = [];
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  /** The pipeline that is set in the open pass. */
  #passPipeline: object | undefined;
  /** The byte offset of the next dispatch's parameters: an array of one, allocated once. */
  readonly #place = new Uint32Array(1);
  /** Whether the open pass belongs to a single dispatch. */
  #passTimed = false;
  /** The label under which the next dispatches are timed. */
  #trial: string | undefined;
  /** Descriptions of the dispatches collected so far, for a message if the batch fails. */
  #batched: (() => string)[] = [];
  #batch = 0;
  #workspace: GpuArray | undefined;
  #moved = 0;

  constructor(device: GPUDevice, failure: Failure) {
    this.#device = device;
    this.#failure = failure;
    this.#buffers = new Buffers(device, failure);
    this.#uniforms = new Uniforms(device);
    this.#readback = new BufferReadback(device);
    if (device.features.has('timestamp-query'))
      [this.#timestamps, this.#trialTimes] = [0, 1].map(() => new Timestamps(device, () => this.flush()));
  }

  /** Times kernels, if the adapter can. */
  get timer(): Timer | undefined {
    return this.#timestamps;
  }

  /** Times single dispatches for the tuner, if the adapter can, but not while all dispatches are timed. */
  get trials(): Trials {
    const ready = (): boolean => this.#trialTimes !== undefined && !this.#timestamps?.on;
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

  /** Declares a shader. Those declared before `prepare` are compiled by it, later ones at first use. */
  shader<A extends string, P extends string>(shader: Shader<A, P>): Dispatch<A, P> {
    const pipelines = new Specialisations<A, P>(
      shader,
      (reals) => new Pipeline(this.#device, this.#failure, this.#uniforms.buffer, shader, reals),
    );
    this.#shaders.push(pipelines);
    return (arrays, parameters, groups) => this.#dispatch(pipelines.for(arrays), arrays, parameters, groups);
  }

  /** Compiles in parallel the shaders of a training step whose real arrays are of type `real`. */
  async prepare(real: 'f32' | 'f16' = 'f32'): Promise<void> {
    await Promise.all(this.#shaders.flatMap((shader) => shader.ahead(real)).map((pipeline) => pipeline.prepare()));
    await this.#failure.settle();
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

  /** Temporary f32 arrays of these sizes for one kernel's dispatches. The next kernel overwrites them. */
  workspace(...sizes: readonly number[]): GpuArray[] {
    for (const size of sizes) this.#moved += 2 * 4 * size;
    const starts = [0];
    for (const size of sizes) starts.push((starts.at(-1) ?? 0) + Math.ceil(size / VIEW_ALIGNMENT) * VIEW_ALIGNMENT);
    const total = starts.at(-1) ?? 0;
    if (!this.#workspace || this.#workspace.bytes < 4 * total) {
      this.flush();
      this.#workspace?.storage.buffer.destroy(); // takes effect after the submitted commands
      this.#workspace = this.allocate('f32', total);
    }
    const whole = this.#workspace;
    return sizes.map((size, i) => viewOf(whole, starts[i] ?? 0, size));
  }

  /** Fills the array with zeros, unless it is new and already has them. */
  clear({ storage, offset, bytes }: GpuArray): void {
    this.#failure.check();
    if (storage.fresh) return;
    this.#endPass();
    this.#open().clearBuffer(storage.buffer, offset, bytes);
    this.#batched.push(() => 'clear');
    storage.batch = this.#batch;
  }

  write({ type, storage, offset }: GpuArray, data: ArrayLike<number>): void {
    this.#failure.check();
    if (storage.batch === this.#batch) this.flush(); // a write would overtake the commands of the open batch
    storage.fresh = false;
    const values = hostValues(type, data);
    this.#device.queue.writeBuffer(storage.buffer, offset, values.buffer, values.byteOffset, values.byteLength);
  }

  async read({ type, storage, offset }: GpuArray, size: number): Promise<Float32Array | Int32Array> {
    this.#failure.check();
    const bytes = 4 * Math.ceil(bytesOf(type, size) / 4); // copies consist of whole words
    const target = this.#readback.take(bytes);
    this.#endPass();
    this.#open().copyBufferToBuffer(storage.buffer, offset, target, 0, bytes);
    this.#batched.push(() => 'read');
    this.flush();
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

  /** Submits the collected commands to the GPU. */
  flush(): void {
    this.#endPass();
    const encoder = this.#encoder;
    if (!encoder) return;
    const kernels = this.#batched;
    const what = (): string => `one of ${inWords(kernels)}`;
    this.#uniforms.upload();
    this.#failure.watch('validation', what, () => this.#device.queue.submit([encoder.finish()]));
    this.#failure.submitted(what);
    this.#encoder = undefined;
    this.#batched = [];
    this.#batch += 1;
  }

  #dispatch<A extends string, P extends string>(
    pipeline: Pipeline<A, P>,
    arrays: { readonly [N in A]: GpuArray },
    parameters: { readonly [N in P]: number },
    groups: number,
  ): void {
    this.#failure.check();
    const { across, down } = grid(groups);
    if (across === 0) return;
    if (this.#batched.length >= BATCH || !this.#uniforms.fits(pipeline.parameterBytes)) this.flush();
    const bindGroup = pipeline.bindGroup(arrays);
    const place = this.#uniforms.put(pipeline.fields, across, groups, parameters);
    const pass = this.#passFor(pipeline.shader.label);
    if (this.#passPipeline !== pipeline) pass.setPipeline(pipeline.pipeline);
    this.#passPipeline = pipeline;
    this.#place[0] = place;
    pass.setBindGroup(0, bindGroup, this.#place, 0, 1);
    pass.dispatchWorkgroups(across, down);
    this.#batched.push(() => pipeline.describe(arrays));
    for (const name of pipeline.arrays) {
      const { storage } = arrays[name];
      storage.batch = this.#batch;
      storage.fresh = false;
    }
  }

  /** The open pass, or a new one if the dispatch is timed. */
  #passFor(kernel: string): GPUComputePassEncoder {
    const trial = this.#trial === undefined ? undefined : this.#trialTimes?.pass(this.#trial);
    const timed = trial ?? (this.#timestamps?.on ? this.#timestamps.pass(kernel) : undefined);
    if (timed || this.#passTimed) this.#endPass();
    this.#passTimed = timed !== undefined;
    return (this.#pass ??= this.#open().beginComputePass(timed));
  }

  #open(): GPUCommandEncoder {
    return (this.#encoder ??= this.#device.createCommandEncoder());
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
    this.#passPipeline = undefined;
  }
}

const WORDS = 8; // maximum number of kernels named in a message

function inWords(kernels: readonly (() => string)[]): string {
  const different = [...new Set(kernels.map((describe) => describe()))];
  const more = different.length > WORDS ? ` and ${different.length - WORDS} more` : '';
  return `${different.slice(0, WORDS).join(', ')}${more}`;
}

/** The bytes that represent these numbers on the GPU. */
function hostValues(type: ArrayType, data: ArrayLike<number>): Float32Array | Int32Array | Uint16Array {
  if (type === 'f16') return toHalves(data);
  const Host = type === 'f32' ? Float32Array : Int32Array;
  return data instanceof Host ? data : Host.from(data);
}
