import { runInThisContext } from 'node:vm';
import type { Sgemm } from '../engine/module.ts';
import { loadKoffi } from '../koffi.node.ts';
import type { Koffi } from '../koffi.node.ts';
import type { BlasFinder } from './blas.ts';
import { blasLibraries } from './libraries.ts';

const libraries: Partial<Record<NodeJS.Platform, readonly string[]>> = blasLibraries;

/** The choice of the user who started this process, which overrides configs and callers. */
export const typedBlas = (): string | undefined => process.env.BERTRAND_BLAS || undefined;

/** Each of our threads calls the library; its own threads, started when it is loaded, would only compete with them. */
const singleThreaded = {
  OPENBLAS_NUM_THREADS: '1',
  VECLIB_MAXIMUM_THREADS: '1',
  BLIS_NUM_THREADS: '1',
  MKL_THREADING_LAYER: 'SEQUENTIAL',
};

/**
 * (koffi, library, memory) => sgemm, for this thread: plain JavaScript that workers evaluate too. Nothing is copied: the
 * library gets addresses inside the memory, which can move only when it grows.
 */
export const connectSource = `(koffi, path, memory) => {
  const library = koffi.load(path);
  for (const limit of ['openblas_set_num_threads', 'MKL_Set_Num_Threads_Local', 'bli_thread_set_num_threads'])
    try { library.func('void ' + limit + '(int)')(1); } catch {}
  const call = library.func('void cblas_sgemm(int, int, int, int, int, int, float, uintptr_t, int, uintptr_t, int, float, uintptr_t, int)');
  let buffer, base;
  return (transposeA, transposeB, m, n, k, scale, a, aRow, b, bRow, add, c, cRow) => {
    if (buffer !== memory.buffer) {
      buffer = memory.buffer;
      base = Number(koffi.address(new Uint8Array(buffer)));
    }
    const [ofA, ofB, ofC] = [base + (a >>> 0), base + (b >>> 0), base + (c >>> 0)];
    call(101, 111 + transposeA, 111 + transposeB, m, n, k, scale, ofA, aRow, ofB, bRow, add, ofC, cRow);
  };
}`;

type Connect = (koffi: Koffi, library: string, memory: WebAssembly.Memory) => Sgemm;

/** Finds a BLAS through koffi. @returns why it cannot, where it cannot */
export function blasFinder(): BlasFinder | string {
  const koffi = loadKoffi();
  if (typeof koffi === 'string') return koffi;
  const connect = runInThisContext(connectSource) as Connect;
  return {
    libraries: libraries[process.platform] ?? [],
    advice: `install OpenBLAS${process.platform === 'linux' ? ' (Debian: libopenblas0)' : ''} or use Node 24 or later`,
    open: (library, memory) =>
      withEnvironment(singleThreaded, () =>
        attempt(() => ({
          sgemm: connect(koffi.module, library, memory),
          name: nameOf(koffi.module, library),
          share: { koffi: koffi.path, library },
        })),
      ),
  };
}

/** OpenBLAS reports its version and the processor it detected. */
function nameOf(koffi: Koffi, library: string): string {
  const ask = (what: string): string | undefined =>
    attempt(koffi.load(library).func(`const char *${what}()`)) as string | undefined;
  const file = library.split(/[/\\]/).at(-1);
  const version = attempt(() => ask('openblas_get_config'))
    ?.split(' ')
    .slice(0, 2)
    .join(' ');
  return version ? `${version} for ${attempt(() => ask('openblas_get_corename'))} (${file})` : `${file}`;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function withEnvironment<T>(values: Record<string, string>, action: () => T): T {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  try {
    return action();
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}
