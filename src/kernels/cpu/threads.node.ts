import { availableParallelism } from 'node:os';
import { arch, versions } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Blas } from './blas.ts';
import { connectSource } from './blas.node.ts';
import type { Workers } from './jobs.ts';
import { workerSource } from './workerSource.ts';

export { blasFinder } from './blas.node.ts';

const source = `
const { module, memory, scratch, blas } = require('node:worker_threads').workerData;
const sgemm = blas && (${connectSource})(require(blas.koffi), blas.library, memory);
${workerSource}`;

export function availableThreads(): number {
  return availableParallelism();
}

export const canShareMemory = (): boolean => true;

/**
 * Turns on what V8 knows but keeps off; must run before kernels are compiled. Node 20: relaxed SIMD. Node 24 and later on x64:
 * joining two vectors of 128 bits that lie side by side into one of 256, where the processor has them.
 */
export function enableSimd(): void {
  const version = Number.parseInt(versions.node, 10);
  if (version < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (version >= 24 && arch === 'x64') setFlagsFromString('--experimental-wasm-revectorize');
}

/** Starts one worker for each scratch address. They join the pool when they are up: nobody waits for them. */
export function startWorkers(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  scratches: number[],
  blas?: Blas['share'],
): Workers {
  let failure: string | undefined;
  let closing = false;
  const workers = scratches.map(
    (scratch) => new Worker(source, { eval: true, execArgv: [], workerData: { module, memory, scratch, blas } }),
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
