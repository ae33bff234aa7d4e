import type {
  ArrayType,
  ElementType,
  Handles,
  InputName,
  KernelName,
  OptionalKernel,
  OutputName,
  KernelParameters,
} from './contract.ts';
import { arrayOf, Block } from './block.ts';
import type { DeviceArray, Given } from './block.ts';
import { contract } from './contract.ts';
import { bytesOf } from './cost.ts';
import { BertrandError } from '../error.ts';
import type { Backend, DeviceName, HostArray, MemoryUse } from './backend.ts';
import { bytesPerElement, Pool } from './pool.ts';
import { Profile } from './profile.ts';
import type { KernelUse } from './profile.ts';

export type { DeviceName, HostArray, MemoryUse } from './backend.ts';
export type { DeviceArray } from './block.ts';

type Arrays<K extends KernelName, Side extends 'inputs' | 'outputs'> = {
  [N in keyof (typeof contract)[K][Side] & string]: DeviceArray;
};

/** Where an output is written: an existing array, or a new one, either f32 or (if undefined) of the contract's type. */
export type Target = DeviceArray | 'f32' | undefined;

/** Runs kernels. `launch` only enqueues; only `read` waits. Misuse throws a BertrandError that names the kernel and the array. */
export interface Device {
  /** What kind it is. */
  readonly name: DeviceName;
  /** What it computes with, for people. */
  readonly description: string;
  /** The part of the description that the last bits of results depend on. */
  readonly arithmetic: string;
  /** Who computes products, where there is a choice: a value of the config's `cpu.products`. */
  readonly products?: string;
  /** Views begin at multiples of so many numbers; 0 if there are no views. */
  readonly viewAlignment: number;
  /** The type of the kernels' `real` outputs: f16 on a device opened in half precision. */
  readonly real: 'f32' | 'f16';
  /** Number of f32 elements that one array can hold. */
  readonly largestArray: number;
  /** The memory in use by arrays. */
  readonly memory: MemoryUse;
  /** Whether it has an optional kernel. */
  has(kernel: OptionalKernel): boolean;
  /** A new zero-filled array of `size` elements, which outlives a step. */
  allocate<T extends ArrayType>(type: T, size: number): DeviceArray<T>;
  /** A new array whose contents are undefined. */
  reserve<T extends ArrayType>(type: T, size: number): DeviceArray<T>;
  /** A new array that holds `data`. */
  upload<T extends ArrayType>(type: T, data: ArrayLike<number>): DeviceArray<T>;
  /** Overwrites `array`. @param data as many numbers as it has elements */
  write(array: DeviceArray, data: ArrayLike<number>): void;
  /** Part of `array`, in elements. It shares the array's memory and is freed with it. */
  view<T extends ArrayType>(array: DeviceArray<T>, offset: number, size: number): DeviceArray<T>;
  /** The view of all of `arrays`, if they are views that follow each other in one array without gaps. */
  span(arrays: readonly DeviceArray[]): DeviceArray | undefined;
  /** Launches a kernel. Outputs for which no array is given are allocated; the caller must free them. */
  launch<K extends KernelName>(
    kernel: K,
    inputs: { readonly [I in InputName<K>]: Given },
    parameters: NoInfer<KernelParameters<K>>,
    outputs?: { [O in OutputName<K>]?: Target },
  ): Arrays<K, 'outputs'>;
  /** The numbers of an f32 array themselves, where the device computes in the host's memory; valid until an array is allocated. */
  hostView(array: DeviceArray): Float32Array | Float64Array | undefined;
  /** The contents at the time of the call. */
  read(array: DeviceArray): Promise<HostArray>;
  /** Frees an array, which must not be used afterwards. */
  free(array: DeviceArray): void;
  /** Runs `work`, waits for it, and returns the cost of each kernel in it, the longest first. */
  profile(work: () => Promise<unknown>): Promise<KernelUse[]>;
  /** Frees everything. Resolves when nothing runs any more. */
  close(): Promise<void>;
}

/** Wraps a backend with argument checks, the buffer pool and memory accounting. */
export function createDevice<H extends Handles>(backend: Backend<H>): Device {
  const pool = new Pool<H>(backend);
  const real = backend.real ?? 'f32';
  let closed = false;
  let profile: Profile | undefined;

  /** @param name of the array, if a kernel wants it */
  const own = (array: DeviceArray, what: string, name?: string): Block<H> => {
    const refused = (why: string): BertrandError =>
      new BertrandError(`${name === undefined ? what : `kernel ${what}, ${name}`}: ${why}`);
    if (closed) throw refused(`the device ${backend.name} is closed`);
    if (!(array instanceof Block) || array.owner !== backend)
      throw refused(`the array is not on this ${backend.name} device`);
    const block = array as Block<H>;
    if (block.freed || block.base?.freed) throw refused('the array was already freed');
    return block;
  };

  const check = (kernel: KernelName, name: string, type: ElementType, size: number, array: DeviceArray): Block<H> => {
    const block = own(array, kernel, name);
    const fits = type === 'real' ? block.type !== 'i32' : block.type === type;
    if (!fits || block.size < size)
      throw new BertrandError(
        `kernel ${kernel}: ${name} must be ${size} x ${type}, found ${block.size} x ${block.type}`,
      );
    return block;
  };

  const allocate = <T extends ArrayType>(type: T, size: number, lasting = false): Block<H, T> => {
    if (closed) throw new BertrandError(`the device ${backend.name} is closed`);
    return new Block<H, T>(type, size, backend, pool.take(type, size, lasting));
  };

  const view = <T extends ArrayType>(array: DeviceArray<T>, offset: number, size: number): Block<H, T> => {
    const block = own(array, 'view') as Block<H, T>;
    const alignment = backend.viewAlignment * (array.type === 'f16' ? 2 : 1); // the same number of bytes
    if (alignment === 0 || offset % alignment !== 0 || offset + size > block.size)
      throw new BertrandError(
        `view: ${size} elements at ${offset} of an array of ${block.size} are out of range or misaligned on ${backend.name}`,
      );
    const handle = backend.view(array.type, block.handle, offset, size);
    return new Block<H, T>(array.type, size, backend, handle, block, offset);
  };

  return {
    name: backend.name,
    description: backend.description,
    arithmetic: backend.arithmetic ?? backend.description,
    ...(backend.products === undefined ? {} : { products: backend.products }),
    viewAlignment: backend.viewAlignment,
    real,
    largestArray: backend.largestArray ?? Infinity,
    get memory() {
      return pool.use;
    },
    has: (kernel) => kernel in backend.kernels,
    allocate<T extends ArrayType>(type: T, size: number) {
      const block = allocate(type, size, true);
      if (backend.clear) backend.clear(type, block.handle, size);
      else backend.write(type, block.handle, type === 'i32' ? new Int32Array(size) : new Float32Array(size));
      return block;
    },
    reserve: allocate,
    upload<T extends ArrayType>(type: T, data: ArrayLike<number>) {
      const block = allocate(type, data.length);
      backend.write(type, block.handle, data);
      return block;
    },
    write(array, data) {
      const block = own(array, 'write');
      if (data.length !== block.size)
        throw new BertrandError(`write: ${data.length} values do not fill an array of ${block.size}`);
      backend.write(block.type, block.handle, data);
    },
    view,
    span(arrays) {
      const [first, ...others] = arrays.map((array) => own(array, 'span'));
      let end = first.offset + first.size;
      for (const { base, offset, size } of others) {
        if (base !== first.base || offset !== end) return undefined;
        end += size;
      }
      return first.base && view(first.base, first.offset, end - first.offset);
    },
    launch<K extends KernelName>(
      kernel: K,
      inputs: { readonly [I in InputName<K>]: Given },
      parameters: NoInfer<KernelParameters<K>>,
      outputs: { [O in OutputName<K>]?: Target } = {},
    ) {
      const specification = specifications[kernel];
      const handles: Record<string, unknown> = {};
      for (const { name, type, size } of specification.inputs)
        handles[name] = check(kernel, name, type, size(parameters), arrayOf(inputs[name as InputName<K>])).handle;
      const results: Record<string, DeviceArray> = {};
      const targets: Record<string, unknown> = {};
      for (const { name, type, size } of specification.outputs) {
        const given = outputs[name as OutputName<K>];
        const elements = size(parameters);
        const block =
          typeof given === 'object'
            ? check(kernel, name, type, elements, given)
            : allocate(type === 'real' ? (given ?? real) : type, elements);
        results[name] = block;
        targets[name] = block.handle;
      }
      const implementation = backend.kernels[kernel] as ((i: object, p: object, o: object) => void) | undefined;
      if (!implementation) throw new BertrandError(`the device ${backend.name} has no kernel ${kernel}`);
      const begin = profile ? performance.now() : 0;
      const moved = backend.moved?.() ?? 0;
      implementation(handles, parameters, targets);
      if (profile) {
        if (backend.timer === 'call') backend.finish?.();
        const milliseconds = performance.now() - begin;
        const arrays: Record<string, Given> = { ...inputs, ...results };
        const width = (name: string): number => bytesPerElement(backend, arrayOf(arrays[name]).type);
        const own = (backend.moved?.() ?? 0) - moved;
        profile.note(kernel, parameters, bytesOf(kernel, parameters, width) + own, milliseconds);
      }
      return results as Arrays<K, 'outputs'>;
    },
    hostView(array) {
      const block = own(array, 'hostView');
      return backend.hostView?.(block.type, block.handle, block.size) as Float32Array | Float64Array | undefined;
    },
    read(array) {
      const block = own(array, 'read');
      return backend.read(block.type, block.handle, block.size);
    },
    free(array) {
      const block = own(array, 'free');
      if (block.base) throw new BertrandError('free: a view is freed with the array it is part of');
      block.freed = true;
      pool.give(block.type, block.handle, block.size);
    },
    async profile(work) {
      const current = new Profile();
      const { timer } = backend;
      if (typeof timer === 'object') await timer.start();
      else backend.finish?.();
      profile = current;
      let times;
      try {
        await work();
      } finally {
        profile = undefined;
        if (typeof timer === 'object') times = await timer.stop();
      }
      return timer ? current.uses(times) : current.counts();
    },
    async close() {
      closed = true;
      await backend.close();
    },
  };
}

type AnySpecification = { name: string; type: ElementType; size: (p: Record<string, number>) => number };
const listed = (arrays: object): AnySpecification[] => Object.entries(arrays).map(([name, of]) => ({ name, ...of }));

/** The contract's arrays as lists, made once because every launch iterates over them. */
const specifications = Object.fromEntries(
  Object.entries(contract).map(([kernel, { inputs, outputs }]) => [
    kernel,
    { inputs: listed(inputs), outputs: listed(outputs) },
  ]),
) as Record<KernelName, { inputs: AnySpecification[]; outputs: AnySpecification[] }>;
