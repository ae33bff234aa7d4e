import { readFileSync } from 'node:fs';

/** Addresses that a thread of V8 reserves at its start, with room to compute: 0.6 to 0.85 GiB were seen with Node 20 and 26. */
export const THREAD_ADDRESSES = 2 ** 30;
/** What must be left for a BLAS to start with: OpenBLAS reserves memory a thread and waits forever where it gets none. */
export const BLAS_ADDRESSES = 2 * 2 ** 30;

/**
 * The bytes of addresses that the system still lets this process reserve (clusters set `ulimit -v`); undefined where there
 * is no limit, or no way to know it. V8 does not survive a thread for which there are too few.
 */
export function freeAddresses(): number | undefined {
  try {
    const limit = /^Max address space\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    const used = /^VmSize:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return limit && used ? Number(limit) - 1024 * Number(used) : undefined;
  } catch {
    return undefined; // not Linux, which has no such limit in use
  }
}
