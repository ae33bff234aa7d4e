import { createDevice } from '../device.ts';
import type { Device } from '../device.ts';
import { BertrandError } from '../../error.ts';
import { Arena } from './arena.ts';
import { Jobs } from './jobs.ts';
import { cpuKernels } from './kernels.ts';
import type { CpuHandles } from './kernels.ts';
import { SCRATCH_BYTES } from './matmul.ts';
import { compileKernels, hasFusedMultiplyAdd } from './module.ts';
import type { KernelExports } from './module.ts';

export interface CpuOptions {
  /** Threads that compute, the caller's included; by default one a core. 1 needs neither workers nor shared memory. */
  readonly threads?: number;
  /** Fused multiply-add where the engine has it (the default); its results differ in the last bits from those without. */
  readonly fusedMultiplyAdd?: boolean;
}

/**
 * Opens the processor as a device: WebAssembly SIMD over one linear memory that holds all arrays, and a pool of threads.
 * Throws a BertrandError when `threads` is no positive integer. Kernels have run when `run` returns.
 */
export async function openCpu(options: CpuOptions = {}): Promise<Device> {
  const inNode = typeof process === 'object' && Boolean(process.versions?.node);
  const platform = inNode ? await import('./threads.node.ts') : await import('./threads.browser.ts');
  const threads = options.threads ?? platform.availableThreads();
  if (!Number.isInteger(threads) || threads < 1)
    throw new BertrandError(`the cpu device cannot use ${threads} threads: give a whole number from 1`);
  platform.enableRelaxedSimd();
  const fusedMultiplyAdd = (options.fusedMultiplyAdd ?? true) && hasFusedMultiplyAdd();
  const shared = threads > 1 && platform.canShareMemory();
  const arena = new Arena(shared);
  const module = await compileKernels({ fusedMultiplyAdd, shared });
  const instance = await WebAssembly.instantiate(module, { env: { memory: arena.memory } });
  const exports = instance.exports as KernelExports;
  exports.setScratch(arena.allocate(SCRATCH_BYTES));
  const scratches = Array.from({ length: shared ? threads - 1 : 0 }, () => arena.allocate(SCRATCH_BYTES));
  const jobs = new Jobs(arena, exports, shared ? platform.startWorkers(module, arena.memory, scratches) : undefined);
  const multiplyAdd = fusedMultiplyAdd ? ' with fused multiply-add' : '';
  return createDevice<CpuHandles>({
    name: 'cpu',
    description: `${jobs.threads} ${jobs.threads === 1 ? 'thread' : 'threads'}, WebAssembly SIMD${multiplyAdd}`,
    elementBytes: 4,
    viewAlignment: 16,
    timer: 'call',
    kernels: cpuKernels(arena, jobs),
    allocate: (_, size) => arena.allocate(4 * size),
    release: (_, handle) => arena.release(handle),
    view: (_, handle, offset) => handle + 4 * offset,
    write: (type, handle, data) => (type === 'f32' ? arena.floats : arena.integers).set(data, handle / 4),
    read: (type, handle, size) =>
      Promise.resolve((type === 'f32' ? arena.floats : arena.integers).slice(handle / 4, handle / 4 + size)),
    close: () => jobs.close(),
  });
}
