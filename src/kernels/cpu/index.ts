import { Arena } from './arena.ts';
import { Jobs } from './jobs.ts';
import { Matmul, SCRATCH_BYTES } from './matmul.ts';
import { compileKernels } from './module.ts';
import type { KernelExports } from './module.ts';
import { enableRelaxedSimd, startWorkers } from './threads.node.ts';

export async function openTest(threads: number, fma: boolean) {
  if (fma) enableRelaxedSimd();
  const shared = threads > 1;
  const arena = new Arena(shared);
  const module = await compileKernels({ fusedMultiplyAdd: fma, shared });
  const exports = (await WebAssembly.instantiate(module, { env: { memory: arena.memory } })).exports as KernelExports;
  exports.setScratch(arena.allocate(SCRATCH_BYTES));
  const scratches = Array.from({ length: threads - 1 }, () => arena.allocate(SCRATCH_BYTES));
  const workers = shared ? startWorkers(module, arena.memory, scratches) : undefined;
  const jobs = new Jobs(arena, exports, workers);
  return { arena, jobs, matmul: new Matmul(arena, jobs) };
}
