import { platform } from 'node:process';
import type { Koffi } from '../koffi.node.ts';

/** Bytes on pages that are written first and executable afterwards, never both. They stay until the process ends. Throws where the system refuses. */
export function executable(koffi: Koffi, code: Uint8Array): bigint {
  const pages = platform === 'win32' ? windowsPages(koffi) : unixPages(koffi);
  const address = pages.writable(code.length);
  koffi.encode(address, koffi.array('uint8', code.length), code);
  pages.makeExecutable(address, code.length);
  return address;
}

interface Pages {
  writable(bytes: number): bigint;
  makeExecutable(address: bigint, bytes: number): void;
}

const REFUSED = 'the system makes no memory executable';

// Linux: sys/mman.h
const [PROT_READ, PROT_WRITE, PROT_EXEC] = [1, 2, 4];
const [MAP_PRIVATE, MAP_ANONYMOUS] = [2, 0x20];

function unixPages(koffi: Koffi): Pages {
  const process = koffi.load(null); // its C library, glibc or musl
  const mmap = process.func('intptr_t mmap(uintptr_t, size_t, int, int, int, int64_t)');
  const mprotect = process.func('int mprotect(intptr_t, size_t, int)');
  return {
    writable(bytes) {
      const address = BigInt(
        mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) as number | bigint,
      );
      if (address === -1n) throw new Error('the system gives no memory');
      return address;
    },
    makeExecutable(address, bytes) {
      if (Number(mprotect(address, bytes, PROT_READ | PROT_EXEC)) !== 0) throw new Error(REFUSED);
    },
  };
}

// Windows: memoryapi.h
const [MEM_COMMIT, MEM_RESERVE] = [0x1000, 0x2000];
const [PAGE_READWRITE, PAGE_EXECUTE_READ] = [0x04, 0x20];

function windowsPages(koffi: Koffi): Pages {
  const kernel = koffi.load('kernel32.dll');
  const allocate = kernel.func('uintptr_t __stdcall VirtualAlloc(uintptr_t, size_t, uint32_t, uint32_t)');
  const protect = kernel.func('int __stdcall VirtualProtect(uintptr_t, size_t, uint32_t, _Out_ uint32_t *)');
  const process = kernel.func('intptr_t __stdcall GetCurrentProcess()');
  const flush = kernel.func('int __stdcall FlushInstructionCache(intptr_t, uintptr_t, size_t)');
  return {
    writable(bytes) {
      const address = BigInt(allocate(0, bytes, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) as number | bigint);
      if (address === 0n) throw new Error('the system gives no memory');
      return address;
    },
    makeExecutable(address, bytes) {
      if (Number(protect(address, bytes, PAGE_EXECUTE_READ, [0])) === 0) throw new Error(REFUSED);
      flush(process(), address, bytes);
    },
  };
}
