import type { Workers } from '../engine/jobs.ts';
import type { CompiledKernels } from '../engine/module.ts';
import { workerSource } from './workerSource.ts';

/** Browsers share memory only with pages whose server isolates them (headers COOP and COEP). */
export const canShareMemory = (): boolean => globalThis.crossOriginIsolated;

export const availableThreads = (): number => (canShareMemory() ? navigator.hardwareConcurrency : 1);

export const mostMemory = (): number => Infinity;
export const possibleThreads = (): number => Infinity;

/** Browsers have on what they have. */
export function enableRelaxedSimd(): void {}
export function joinVectors(): void {}

export const findBlas = (): string => 'a browser reaches no library of the system';
export const typedBlas = (): undefined => undefined;
export const openNative = (): string => 'a browser runs no machine code';

const source = `onmessage = ({ data: { modules, memory, scratch, thread } }) => { ${workerSource} close(); };`;

/** Starts one worker for each scratch address. They join the pool when they are up: nobody waits for them. */
export function startWorkers(modules: CompiledKernels, memory: WebAssembly.Memory, scratches: number[]): Workers {
  let failure: string | undefined;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const workers = scratches.map((scratch, i) => {
    const worker = new Worker(url);
    worker.addEventListener('error', ({ message }) => (failure ??= message || 'a worker did not start'));
    worker.postMessage({ modules, memory, scratch, thread: i + 1 });
    return worker;
  });
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const mayWait = typeof window === 'undefined'; // a window's own thread must not: it goes on looking
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
