import type { Workers } from '../engine/jobs.ts';
import type { CompiledKernels } from '../engine/module.ts';
import { workerSource } from './workerSource.ts';

/** Browsers allow shared memory only in cross-origin isolated pages (headers COOP and COEP); WebKitGTK has none there either. */
export const canShareMemory = (): boolean => globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'function';

export const availableThreads = (): number => (canShareMemory() ? navigator.hardwareConcurrency : 1);

export const mostMemory = (): number => Infinity;
export const possibleThreads = (): number => Infinity;

/** Browsers have no such flags. */
export function enableRelaxedSimd(): void {}
export function joinVectors(): void {}

export const findBlas = (): string => 'browsers cannot use system libraries';
export const typedBlas = (): undefined => undefined;
export const openNative = (): string => 'a browser runs no machine code';

const source = `onmessage = ({ data: { modules, memory, scratch, thread } }) => { ${workerSource} close(); };`;

/** Starts one worker for each scratch address, without waiting: they join the pool when they are up. */
export function startWorkers(modules: CompiledKernels, memory: WebAssembly.Memory, scratches: number[]): Workers {
  let failure: string | undefined;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const workers = scratches.map((scratch, i) => {
    const worker = new Worker(url);
    worker.addEventListener('error', ({ message }) => {
      if (!failure && !message) warnOfPolicy();
      failure ??= message || 'a worker did not start';
    });
    worker.postMessage({ modules, memory, scratch, thread: i + 1 });
    return worker;
  });
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const mayWait = typeof window === 'undefined'; // a window's main thread may not, and polls instead
  return {
    count: scratches.length,
    get failure() {
      return failure;
    },
    pause: () => void (mayWait && Atomics.wait(nobody, 0, 0, 0.1)),
    close() {
      for (const worker of workers) worker.terminate();
      URL.revokeObjectURL(url);
      return Promise.resolve();
    },
  };
}

/** A worker that fails without a message was refused by the page's policy; the computation goes on without it, only slower. */
function warnOfPolicy(): void {
  // eslint-disable-next-line no-console -- nobody is asked for a result that could say it
  console.warn("Bertrand computes on one thread: the page's Content-Security-Policy needs worker-src blob:");
}
