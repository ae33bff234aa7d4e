import { readFileSync } from 'node:fs';

/** Bytes of address space that a V8 thread needs; 0.6 to 0.85 GiB were seen with Node 20 and 26. */
export const THREAD_ADDRESSES = 2 ** 30;
/** Bytes of address space that a BLAS needs to start: OpenBLAS reserves memory for each thread, and hangs if it gets none. */
export const BLAS_ADDRESSES = 2 * 2 ** 30;

/**
 * The bytes of address space that this process may still reserve (clusters set `ulimit -v`); undefined if there is no limit or
 * it is unknown. V8 crashes when it starts a thread with too few.
 */
export function freeAddresses(): number | undefined {
  try {
    const limit = /^Max address space\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    const used = /^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return limit && used ? Number(limit) - 1024 * Number(used) : undefined;
  } catch {
    return undefined; // not Linux: such limits are not in use there
  }
}
