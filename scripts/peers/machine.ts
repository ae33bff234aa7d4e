import { cpus } from 'node:os';
import { readFileSync } from 'node:fs';

/** What speed depends on: the processor, its vectors, and how many threads there are. */
export function machine(): string {
  const [{ model }] = cpus();
  return `${model.trim()}, ${cpus().length} threads, ${vectors()}`;
}

/** In what /proc/cpuinfo calls them. */
function vectors(): string {
  let flags: string[];
  try {
    flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  } catch {
    return 'vectors of unknown width';
  }
  const width = flags.includes('avx512f') ? 512 : flags.includes('avx2') ? 256 : 128;
  const bf16 = ['avx512_bf16', 'amx_bf16'].filter((flag) => flags.includes(flag));
  return `vectors of ${width} bits${bf16.length > 0 ? ` (${bf16.join(', ')})` : ''}`;
}

/** What keeps OpenBLAS from its best kernels, if it is set: numbers measured under it flatter us. */
export const HIDING = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'].filter((name) => process.env[name] !== undefined);
