import { availableParallelism } from 'node:os';
import { arch, env, execArgv, versions } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { BlasFinder } from '../blas/blas.ts';
import { blasFinder, connectSource as connectBlas } from '../blas/blas.node.ts';
import type { Workers } from '../engine/jobs.ts';
import type { CompiledKernels } from '../engine/module.ts';
import { connectSource as connectNative } from '../native/native.node.ts';
import type { Shares } from '../products/products.ts';
import { BLAS_ADDRESSES, freeAddresses, THREAD_ADDRESSES } from './addressSpace.node.ts';
import { workerSource } from './workerSource.ts';

export { typedBlas } from '../blas/blas.node.ts';
export { openNative } from '../native/native.node.ts';

const version = Number.parseInt(versions.node, 10);
const JOINING = new Set([24, 25, 26]);

const source = `
const { modules, memory, scratch, thread, blas, native } = require('node:worker_threads').workerData;
const sgemm = blas && (${connectBlas})(require(blas.koffi), blas.library, memory);
const multiplyTiles = native && (${connectNative})(require(native.koffi), native.code, memory);
${workerSource}`;

export function availableThreads(): number {
  return availableParallelism();
}

/**
 * The maximum number of bytes for arrays. With its trap handler V8 reserves 8 to 10 GiB of addresses for any memory; without it only the
 * memory's maximum, which may then be half of the addresses left, since V8 needs some too.
 */
export function mostMemory(): number {
  const withoutHandler = [...execArgv, env['NODE_OPTIONS']].join(' ').includes('--disable-wasm-trap-handler');
  return withoutHandler ? (freeAddresses() ?? Infinity) / 2 : Infinity;
}

/** How many threads the address space allows, including the caller's. */
export function possibleThreads(): number {
  return 1 + Math.max(0, Math.floor((freeAddresses() ?? Infinity) / THREAD_ADDRESSES));
}

/** How to find a BLAS that can start in addition to this many threads, or why there is none. */
export function findBlas(threads: number): BlasFinder | string {
  if ((freeAddresses() ?? Infinity) < BLAS_ADDRESSES + (threads - 1) * THREAD_ADDRESSES)
    return 'the address space limit allows none';
  return blasFinder();
}

export const canShareMemory = (): boolean => true;

/** Node 20 supports relaxed SIMD but has it turned off. Must run before kernels are compiled. */
export function enableRelaxedSimd(): void {
  if (version < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/**
 * Runs `compile` with V8 joining neighbouring 128-bit vectors into 256-bit ones, if the processor has them. V8 calls this experimental,
 * and it has crashed the process on other functions. So it is on only for what `compile` compiles, which goes straight to the optimising
 * compiler, and only in versions of Node that it was tested with.
 */
export function joinVectors(compile: () => void): void {
  if (arch !== 'x64' || !JOINING.has(version)) return;
  setFlagsFromString('--experimental-wasm-revectorize');
  setFlagsFromString('--no-liftoff');
  try {
    compile();
  } finally {
    setFlagsFromString('--liftoff');
    setFlagsFromString('--no-experimental-wasm-revectorize');
  }
}

/** Starts one worker for each scratch address, without waiting: they join the pool when they are up. */
export function startWorkers(
  modules: CompiledKernels,
  memory: WebAssembly.Memory,
  scratches: number[],
  shares: Shares = {},
): Workers {
  let failure: string | undefined;
  let closing = false;
  const workers = scratches.map(
    (scratch, i) =>
      new Worker(source, {
        eval: true,
        execArgv: [],
        workerData: { modules, memory, scratch, thread: i + 1, ...shares },
      }),
  );
  const exits = workers.map((worker) => {
    worker.unref();
    worker.on('error', (error) => (failure ??= error.message));
    return new Promise<void>((resolve) => {
      worker.on('exit', (code) => {
        if (!closing) failure ??= `a worker ended with code ${code}`;
        resolve();
      });
    });
  });
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  return {
    count: scratches.length,
    get failure() {
      return failure;
    },
    pause: () => void Atomics.wait(nobody, 0, 0, 0.1),
    async close() {
      closing = true;
      for (const worker of workers) worker.ref();
      await Promise.all(exits);
    },
  };
}
