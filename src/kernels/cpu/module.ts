import type { Sgemm } from './blas.ts';
import { fused, plain } from './kernels.generated.ts';

/** The exports of assembly/job.ts; every other export computes one chunk of the job that is published. */
export interface KernelExports extends WebAssembly.Exports {
  /** Memory that each thread needs for itself, for setScratch. */
  readonly scratchBytes: () => number;
  readonly setScratch: (address: number) => void;
  readonly setWide: (chosen: number) => void;
  readonly publish: (kernel: number, chunks: number) => void;
  readonly claim: () => number;
  readonly complete: () => void;
  readonly fail: () => void;
  readonly failed: () => number;
  readonly finished: (chunks: number) => number;
  readonly stop: () => void;
}

// The smallest module with an f32x4.relaxed_madd in it.
const relaxedMultiplyAdd = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
); // prettier-ignore

/** Whether this engine compiles relaxed SIMD, of which the kernels use fused multiply-add. */
export function hasFusedMultiplyAdd(): boolean {
  return WebAssembly.validate(relaxedMultiplyAdd);
}

/** Compiles the kernels for memory that is shared between threads or not. */
export function compileKernels(options: { fusedMultiplyAdd: boolean; shared: boolean }): Promise<WebAssembly.Module> {
  const bytes = Uint8Array.from(atob(options.fusedMultiplyAdd ? fused : plain), (c) => c.charCodeAt(0));
  if (!options.shared) bytes[memoryFlags(bytes)] = 1;
  return WebAssembly.compile(bytes);
}

/** The kernels over a memory; `sgemm` where there is a BLAS. */
export async function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  sgemm: Sgemm = () => {
    throw new Error('there is no BLAS');
  },
): Promise<KernelExports> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, blas: { sgemm } });
  return exports as KernelExports;
}

/** Where the import of env.memory says what it takes: 3 is shared memory with a maximum, 1 memory with a maximum. */
function memoryFlags(bytes: Uint8Array): number {
  const name = '\x03env\x06memory\x02\x03';
  return String.fromCharCode(...bytes.subarray(0, 4096)).indexOf(name) + name.length - 1;
}
