import { BertrandError } from '../../../error.ts';
import { elementsOf } from './buffers.ts';
import type { GpuArray, Storage } from './buffers.ts';
import type { Failure } from './failure.ts';
import { bindingNames, parameterNames, wgsl } from './shader.ts';
import type { Reals, Shader } from './shader.ts';
import { fieldsOf } from './uniforms.ts';
import type { Field, Slot, Uniforms } from './uniforms.ts';
import { COMPUTE_STAGE } from './usage.ts';

/** Maximum number of cached bind groups per pipeline; training steps reuse them. */
const BIND_GROUPS = 4096;

/** A pipeline and the arrays that it is bound to. */
export interface Bound<A extends string = string, P extends string = string> {
  readonly pipeline: Pipeline<A, P>;
  readonly group: GPUBindGroup;
  /** In the order of the bindings. */
  readonly arrays: readonly GpuArray[];
  /** Where its parameters are. */
  readonly slot: Slot;
  /** Where its arrays lie, each once. */
  readonly storages: readonly Storage[];
  /** Whether it has been submitted: then it is valid. */
  proven: boolean;
  /** The same arrays with another slot, for a batch that needs both. */
  spare: Bound<A, P> | undefined;
  /** What its shader was bound to after this, the last time. */
  next: Bound<A, P> | undefined;
}

/** A shader specialised to the types of its real arrays: its pipeline, compiled asynchronously when it is first needed, and its bind groups. */
export class Pipeline<A extends string = string, P extends string = string> {
  readonly shader: Shader<A, P>;
  readonly arrays: readonly A[];
  readonly fields: readonly Field<P>[];
  /** Bytes of the struct of parameters. */
  readonly parameterBytes: number;
  readonly #reals: Reals<A>;
  readonly #device: GPUDevice;
  readonly #failure: Failure;
  readonly #uniforms: Uniforms;
  readonly #layout: GPUBindGroupLayout;
  readonly #bound = new Map<string, Bound<A, P>>();
  #pipeline: GPUComputePipeline | undefined;
  #compiled: Promise<void> | undefined;

  constructor(device: GPUDevice, failure: Failure, uniforms: Uniforms, shader: Shader<A, P>, reals: Reals<A>) {
    this.#device = device;
    this.#failure = failure;
    this.#uniforms = uniforms;
    this.shader = shader;
    this.#reals = reals;
    this.arrays = bindingNames(shader);
    this.fields = fieldsOf(shader.parameters);
    this.parameterBytes = 16 * Math.ceil(parameterNames(shader).length / 4);
    this.#layout = device.createBindGroupLayout({ label: shader.label, entries: this.#layoutEntries() });
  }

  /** Undefined until it is compiled. */
  get pipeline(): GPUComputePipeline | undefined {
    return this.#pipeline;
  }

  /** Compiles it, once. Failing is noted, and the pipeline stays undefined. */
  compiled(): Promise<void> {
    return (this.#compiled ??= this.#compile());
  }

  /** The kernel and its arguments, in the order of the bindings, for messages. */
  describe(arrays: readonly GpuArray[]): string {
    const sizes = arrays.map((array, i) => `${this.arrays[i]} ${elementsOf(array)} x ${array.type}`);
    return `${this.shader.label} (${sizes.join(', ')})`;
  }

  /** Throws a BertrandError if a written array shares its buffer with one that is only read, which WebGPU forbids. */
  bind(named: { readonly [N in A]: GpuArray }): Bound<A, P> {
    const arrays = this.arrays.map((name) => named[name]);
    const key = arrays.map(({ storage, offset, bytes }) => `${storage.id}+${offset}:${bytes}`).join();
    const known = this.#bound.get(key);
    if (known) return known;
    this.#checkAliases(arrays);
    if (this.#bound.size >= BIND_GROUPS) this.#forget();
    const made = this.#make(arrays);
    this.#bound.set(key, made);
    return made;
  }

  /** The same arrays, with other parameters in the same batch. */
  spare(bound: Bound<A, P>): Bound<A, P> {
    return (bound.spare ??= this.#make(bound.arrays));
  }

  #make(arrays: readonly GpuArray[]): Bound<A, P> {
    const slot = this.#uniforms.slot(this.parameterBytes);
    const group = this.#failure.watch(
      'validation',
      () => `the kernel ${this.describe(arrays)} cannot bind its arrays`,
      () => this.#makeBindGroup(slot, arrays),
    );
    const storages = [...new Set(arrays.map(({ storage }) => storage))];
    return { pipeline: this, group, arrays, slot, storages, proven: false, spare: undefined, next: undefined };
  }

  #checkAliases(arrays: readonly GpuArray[]): void {
    const { label, inputs } = this.shader;
    for (const [i, read] of this.arrays.entries())
      for (const [j, written] of this.arrays.entries())
        if (read in inputs && !(written in inputs) && arrays[i].storage === arrays[j].storage)
          throw new BertrandError(`webgpu: kernel ${label} cannot read ${read} and write ${written} in one buffer`);
  }

  #forget(): void {
    for (const bound of this.#bound.values())
      for (let each: Bound<A, P> | undefined = bound; each; each = each.spare) this.#uniforms.release(each.slot);
    this.#bound.clear();
  }

  #makeBindGroup({ page, offset }: Slot, arrays: readonly GpuArray[]): GPUBindGroup {
    const bound = arrays.map(({ storage, offset, bytes }, i) => ({
      binding: i + 1,
      resource: { buffer: storage.buffer, offset, size: bytes },
    }));
    const uniforms = { buffer: page.buffer, offset, size: this.parameterBytes };
    const entries = [{ binding: 0, resource: uniforms }, ...bound];
    return this.#device.createBindGroup({ label: this.shader.label, layout: this.#layout, entries });
  }

  async #compile(): Promise<void> {
    try {
      this.#pipeline = await this.#device.createComputePipelineAsync(this.#descriptor());
    } catch (error) {
      this.#failure.note(`kernel ${this.shader.label} does not compile`, String(error));
    }
  }

  #descriptor(): GPUComputePipelineDescriptor {
    const { label } = this.shader;
    const module = this.#failure.watch(
      'validation',
      () => `kernel ${label} does not compile`,
      () => this.#device.createShaderModule({ label, code: wgsl(this.shader, this.#reals) }),
    );
    return {
      label,
      layout: this.#device.createPipelineLayout({ label, bindGroupLayouts: [this.#layout] }),
      compute: { module, entryPoint: 'main' },
    };
  }

  #layoutEntries(): GPUBindGroupLayoutEntry[] {
    const parameters = { type: 'uniform', minBindingSize: this.parameterBytes } as const;
    const storage = this.arrays.map((name): GPUBufferBindingLayout => ({
      type: name in this.shader.inputs ? 'read-only-storage' : 'storage',
    }));
    return [parameters, ...storage].map((buffer, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer }));
  }
}
