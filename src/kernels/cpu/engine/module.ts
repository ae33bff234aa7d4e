/** c = scale * op(a) @ op(b) + add * c in the device's memory: byte addresses, row-major, with row strides in elements. */
export type Sgemm = (
  transposeA: number,
  transposeB: number,
  m: number,
  n: number,
  k: number,
  scale: number,
  a: number,
  aRow: number,
  b: number,
  bRow: number,
  add: number,
  c: number,
  cRow: number,
) => void;

/** Computes products in tiles of machine code; the call's arguments are at an address in the device's memory (jobs/layout.ts). */
export type MultiplyTiles = (call: number) => void;

/** What kernels call of the world outside, where it is there. */
export interface Outside {
  readonly sgemm?: Sgemm | undefined;
  readonly multiplyTiles?: MultiplyTiles | undefined;
}

/** The exports of assembly/memory; every other export computes one chunk of the job that is open. */
export interface KernelExports extends WebAssembly.Exports {
  /** Bytes of scratch memory that each thread passes to `enter`. */
  readonly scratchBytes: () => number;
  readonly enter: (scratch: number, thread: number) => void;
  readonly setWide: (chosen: number) => void;
  readonly setNative: (rows: number, columns: number, pairs: number, passes: number) => void;
  readonly setThreads: (threads: number) => void;
  readonly publish: (kernel: number, chunks: number) => void;
  readonly claim: () => number;
  readonly kernel: () => number;
  readonly openKernel: () => number;
  readonly complete: () => void;
  readonly fail: () => void;
  readonly failed: () => number;
  readonly pending: () => number;
  readonly changes: (most: number) => number;
  readonly stop: () => void;
}

// The smallest module that contains an f32x4.relaxed_madd.
const relaxedMultiplyAdd = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
); // prettier-ignore

/** Whether this engine compiles relaxed SIMD, which has fused multiply-add. */
export function hasFusedMultiplyAdd(): boolean {
  return WebAssembly.validate(relaxedMultiplyAdd);
}

/** The kernels, and the functions of assembly/pairs that they import: a separate module, compiled with other flags. */
export interface CompiledKernels {
  readonly main: WebAssembly.Module;
  readonly pairs: WebAssembly.Module;
}

/**
 * Compiles the kernels, for shared memory or not.
 * @param memory the device's, since engines reserve gigabytes of addresses for each; the kernels must not be instantiated on it yet
 * @param joinVectors runs a compilation that joins neighbouring vectors, if the engine can
 */
export async function compileKernels(
  options: { fusedMultiplyAdd: boolean; shared: boolean },
  memory: WebAssembly.Memory,
  joinVectors: (compile: () => void) => void = () => {},
): Promise<CompiledKernels> {
  const compiled = options.fusedMultiplyAdd
    ? await import('./fused.generated.ts')
    : await import('./plain.generated.ts');
  const pairs = new WebAssembly.Module(bytesOf(compiled.pairs, options.shared));
  joinVectors(() => {
    // Engines compile a function at its first call. These calls have no work, except that a tile of depth 0 writes zeros, at an
    // address where the modules' constants will be once they are instantiated.
    for (const pair of Object.values(new WebAssembly.Instance(pairs, { env: { memory } }).exports))
      if (typeof pair === 'function') pair(0, 0, 0, 0, 0, 0, 64, 0);
  });
  return { main: await WebAssembly.compile(bytesOf(compiled.main, options.shared)), pairs };
}

/** The kernels over a memory. */
export async function instantiateKernels(
  { main, pairs }: CompiledKernels,
  memory: WebAssembly.Memory,
  { sgemm = absent, multiplyTiles = absent }: Outside = {},
): Promise<KernelExports> {
  const joined = await WebAssembly.instantiate(pairs, { env: { memory } });
  const outside = { blas: { sgemm }, native: { multiplyTiles } };
  const { exports } = await WebAssembly.instantiate(main, { env: { memory }, ...outside, joined: joined.exports });
  return exports as KernelExports;
}

function absent(): never {
  throw new Error('kernels call what is not there');
}

function bytesOf(base64: string, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  if (!shared) bytes[memoryFlags(bytes)] = 1;
  return bytes;
}

/** The offset of the flags of the imported env.memory: 3 is shared memory with a maximum, 1 unshared memory with a maximum. */
function memoryFlags(bytes: Uint8Array): number {
  const name = '\x03env\x06memory\x02\x03';
  return String.fromCharCode(...bytes.subarray(0, 4096)).indexOf(name) + name.length - 1;
}
