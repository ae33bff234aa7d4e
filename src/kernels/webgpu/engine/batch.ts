import type { Failure } from './failure.ts';
import type { GpuArray } from './buffers.ts';
import type { Bound } from './pipeline.ts';
import { grid } from './shader.ts';
import type { Timestamps } from './timestamps.ts';
import { Uniforms } from './uniforms.ts';

/** Dispatches per batch of commands: enough to be cheap, few enough to start the GPU early. */
const BATCH = 64;
/** Maximum multiplications and additions per batch: Windows ends a process whose batch takes two seconds. */
const BATCH_FLOPS = 1e11;

/** Collects commands, and submits them to the GPU together. */
export class Batch {
  readonly uniforms: Uniforms;
  readonly #device: GPUDevice;
  readonly #failure: Failure;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  /** The pipeline that is set in the open pass. */
  #passPipeline: object | undefined;
  /** Whether the open pass belongs to a single dispatch. */
  #passTimed = false;
  /** The commands collected so far, for a message if the batch fails. */
  #batched: (Bound | 'clear' | 'read')[] = [];
  /** Whether all bindings in it have been submitted before, and it cannot be invalid. */
  #proven = true;
  #flops = 0;
  #number = 0;

  constructor(device: GPUDevice, failure: Failure) {
    this.#device = device;
    this.#failure = failure;
    this.uniforms = new Uniforms(device);
  }

  /** Whether the open batch uses the array. */
  uses({ storage }: GpuArray): boolean {
    return storage.batch === this.#number;
  }

  /** @param times where the dispatch is timed, and under which label; undefined if it is not timed */
  dispatch<A extends string, P extends string>(
    bound: Bound<A, P>,
    parameters: { readonly [N in P]: number },
    groups: number,
    flops: number,
    times?: Timestamps,
    label = bound.pipeline.shader.label,
  ): void {
    const { pipeline } = bound;
    const { across, down } = grid(groups);
    if (across === 0 || !pipeline.pipeline) return;
    if (this.#batched.length >= BATCH || this.#flops + flops > BATCH_FLOPS) this.flush();
    this.#flops += flops;
    const { uniforms } = this;
    while (!uniforms.holds(bound.slot, pipeline.fields, across, groups, parameters)) {
      if (bound.slot.batch === this.#number) bound = pipeline.spare(bound); // the batch needs that slot as it is
      else {
        uniforms.put(bound.slot, pipeline.fields, across, groups, parameters);
        break;
      }
    }
    const { group, slot, storages } = bound;
    slot.batch = this.#number;
    const timed = times?.pass(label);
    if (timed || this.#passTimed) this.#endPass();
    this.#passTimed = timed !== undefined;
    const pass = (this.#pass ??= this.#open().beginComputePass(timed));
    if (this.#passPipeline !== pipeline) pass.setPipeline(pipeline.pipeline);
    this.#passPipeline = pipeline;
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(across, down);
    this.#batched.push(bound);
    this.#proven &&= bound.proven;
    for (const storage of storages) {
      storage.batch = this.#number;
      storage.fresh = false;
    }
  }

  clear({ storage, offset, bytes }: GpuArray): void {
    this.#endPass();
    this.#open().clearBuffer(storage.buffer, offset, bytes);
    this.#batched.push('clear');
    storage.batch = this.#number;
  }

  copy({ storage, offset }: GpuArray, target: GPUBuffer, bytes: number): void {
    this.#endPass();
    this.#open().copyBufferToBuffer(storage.buffer, offset, target, 0, bytes);
    this.#batched.push('read');
  }

  /** Submits the collected commands to the GPU. */
  flush(): void {
    this.#endPass();
    const encoder = this.#encoder;
    if (!encoder) return;
    const kernels = this.#batched;
    const what = (): string => `one of ${inWords(kernels)}`;
    this.uniforms.upload();
    const submit = (): void => this.#device.queue.submit([encoder.finish()]);
    if (this.#proven) submit();
    else this.#failure.watch('validation', what, submit);
    for (const command of kernels) if (typeof command === 'object') command.proven = true;
    this.#proven = true;
    this.#failure.submitted(what);
    this.#encoder = undefined;
    this.#batched = [];
    this.#flops = 0;
    this.#number += 1;
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

function inWords(commands: readonly (Bound | 'clear' | 'read')[]): string {
  const words = commands.map((command) =>
    typeof command === 'string' ? command : command.pipeline.describe(command.arrays),
  );
  const different = [...new Set(words)];
  const more = different.length > WORDS ? ` and ${different.length - WORDS} more` : '';
  return `${different.slice(0, WORDS).join(', ')}${more}`;
}
