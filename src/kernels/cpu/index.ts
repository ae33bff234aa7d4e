import { createDevice } from '../device.ts';
import { isNode } from '../platform.ts';
import type { Device } from '../device.ts';
import { BertrandError } from '../../error.ts';
import { Arena } from './engine/arena.ts';
import { Jobs } from './engine/jobs.ts';
import { Staging } from './engine/staging.ts';
import { cpuKernels } from './kernels.ts';
import { openPairs } from './products/openPairs.ts';
import { openProducts } from './products/openProducts.ts';
import type { ProductsChoice } from './products/products.ts';
import type { CpuHandles } from './kernels.ts';
import { compileKernels, hasFusedMultiplyAdd } from './engine/module.ts';
import type { TileChoice } from './tiles/tileChoices.ts';

/** The config's section `cpu` is made of these (src/train/config/table). */
export interface CpuOptions {
  /** Number of computing threads, including the caller's; `auto` (the default) is one per core. 1 needs neither workers nor shared memory. */
  readonly threads?: number | 'auto';
  /** Whether to use fused multiply-add if the engine has it (default true); results differ in the last bits. */
  readonly fusedMultiplyAdd?: boolean;
  /** Who computes products; the fastest (`auto`) by default. A BLAS differs in the last bits. BERTRAND_BLAS in the environment overrides it. */
  readonly products?: ProductsChoice;
  /** The tile of products in WebAssembly: `narrow`, `wide`, or the faster (`auto`, the default). Results are the same to the last bit. */
  readonly tile?: TileChoice;
  /** bf16: operands of products are rounded to it. f32 by default. */
  readonly precision?: 'f32' | 'bf16';
  /** The most bits of vectors in machine code, to try the code of smaller processors. */
  readonly vectorBits?: 256 | 512;
  /** Whether AMX may multiply bf16; likewise. */
  readonly amx?: boolean;
}

/**
 * Opens the processor as a device: WebAssembly SIMD over one linear memory that holds all arrays, and a pool of threads.
 * With one thread kernels run at once, else in a queue. Throws a BertrandError if `threads` is not a positive integer, or products
 * requested by name cannot be used.
 */
export async function openCpu(options: CpuOptions = {}): Promise<Device> {
  const platform = isNode() ? await import('./threads/threads.node.ts') : await import('./threads/threads.browser.ts');
  const cores = platform.availableThreads();
  const { threads: choice = 'auto' } = options;
  const asked = choice === 'auto' ? cores : choice;
  if (!Number.isInteger(asked) || asked < 1)
    throw new BertrandError(`the cpu device cannot use ${asked} threads`, { advice: 'use a positive integer or auto' });
  platform.enableRelaxedSimd();
  const fusedMultiplyAdd = (options.fusedMultiplyAdd ?? true) && hasFusedMultiplyAdd();
  const shared = asked > 1 && platform.canShareMemory();
  const arena = new Arena(shared, platform.mostMemory());
  const joinVectors = options.tile === 'narrow' ? undefined : platform.joinVectors;
  const modules = await compileKernels({ fusedMultiplyAdd, shared }, arena.memory, joinVectors);
  const { threads, limited } = shared ? affordable(asked, cores, platform.possibleThreads()) : { threads: 1 };
  const whose = platform.typedBlas() ?? options.products ?? 'auto';
  const bf16 = options.precision === 'bf16';
  if (whose === 'emulated' && !bf16)
    throw new BertrandError('only products of bf16 are emulated', {
      advice: 'write cpu.products: auto, or train.precision: bf16',
    });
  const opened = await (bf16 ? openPairs : openProducts)(platform, modules, arena, {
    products: whose,
    tile: options.tile ?? 'auto',
    vectorBits: options.vectorBits,
    amx: options.amx,
    fusedMultiplyAdd,
    threads,
  });
  const { exports, multiplier, wide, shares, remark, bits, products } = opened;
  const scratches = Array.from({ length: threads - 1 }, () => arena.allocate(exports.scratchBytes()));
  const workers = threads > 1 ? platform.startWorkers(modules, arena.memory, scratches, shares) : undefined;
  const jobs = new Jobs(arena, exports, workers);
  const staging = new Staging(arena, jobs);
  const multiplyAdd = fusedMultiplyAdd ? ' with fused multiply-add' : '';
  return createDevice<CpuHandles>({
    name: 'cpu',
    description: `${jobs.threads} ${jobs.threads === 1 ? 'thread' : 'threads'}${limited ? ` (${limited})` : ''}, WebAssembly SIMD${multiplyAdd}${wide ? ' in wide tiles' : ''}, ${remark}`,
    arithmetic: `${bits}${multiplyAdd}`,
    products,
    elementBytes: 4,
    viewAlignment: 16,
    timer: 'call',
    kernels: cpuKernels(arena, jobs, multiplier, staging),
    reserved: () => arena.reserved,
    allocate: (_, size) => arena.allocate(4 * size),
    release: (_, handle) => arena.release(handle),
    view: (_, handle, offset) => handle + 4 * offset,
    finish: () => jobs.finish(),
    write: (type, handle, data) => staging.write(type, handle, data),
    clear: (_, handle, size) => void staging.finished('i32').fill(0, handle / 4, handle / 4 + size),
    hostView: (type, handle, size) => staging.finished(type).subarray(handle / 4, handle / 4 + size),
    read: (type, handle, size) => staging.read(type, handle, size),
    close() {
      staging.close();
      return jobs.close();
    },
  });
}

/** More threads than this (or than cores, if there are more) only take memory: several megabytes each. */
const ENOUGH_THREADS = 16;

/** The number of threads requested, or fewer if more would be useless or lack addresses, and then why. */
function affordable(asked: number, cores: number, possible: number): { threads: number; limited?: string } {
  const useful = Math.max(cores, ENOUGH_THREADS);
  const threads = Math.min(asked, useful, possible);
  if (threads === asked) return { threads };
  const reason = possible < useful ? 'the address space limit allows no more' : `there are ${cores} cores`;
  return { threads, limited: `of ${asked}: ${reason}` };
}
