import { arch, env, platform } from 'node:process';
import { runInThisContext } from 'node:vm';
import type { Convention } from './convention.ts';
import { executable } from './executable.node.ts';
import type { MultiplyTiles } from '../engine/module.ts';
import { loadKoffi } from '../koffi.node.ts';
import type { Koffi } from '../koffi.node.ts';
import { cpuidCode, hasAmx, hasBf16, hasPasses, vectorBits, xgetbvCode } from './features.ts';
import type { Processor } from './features.ts';
import type { Native, NativeOptions } from './native.ts';
import { tiles } from './tiles/kinds.ts';
import { tilesCode } from './tiles/tilesCode.ts';

/** The calling conventions of the systems that there is code for. */
const conventions: Partial<Record<NodeJS.Platform, Convention>> = { linux: 'systemV', win32: 'windows' };

/**
 * (koffi, code, memory) => multiplyTiles, for this thread: plain JavaScript that workers evaluate too. The code gets addresses inside the
 * memory, which moves at most when it grows and is not shared. (Its `buffer` is slow to ask for.)
 */
export const connectSource = `(koffi, code, memory) => {
  koffi.load(process.platform === 'win32' ? 'kernel32.dll' : null); // koffi calls nothing in a thread that has loaded nothing: it ends the process
  const call = koffi.decode(code, koffi.proto('void', ['uintptr_t', 'uintptr_t']));
  const shared = memory.buffer instanceof SharedArrayBuffer;
  let buffer, base;
  return (place) => {
    if (base === undefined || (!shared && buffer !== memory.buffer)) {
      buffer = memory.buffer;
      base = Number(koffi.address(new Uint8Array(buffer)));
    }
    call(base, base + (place >>> 0));
  };
}`;
type Connect = (koffi: Koffi, code: bigint, memory: WebAssembly.Memory) => MultiplyTiles;

/** The most bits of vectors to take, by BERTRAND_VECTOR_BITS in the environment: to see what a smaller processor would do. */
const mostBits = (): number => Number(env['BERTRAND_VECTOR_BITS'] ?? 512);

/** Products in machine code for this processor, or why there are none. */
export function openNative(
  memory: WebAssembly.Memory,
  { asked = false, bits: most = mostBits(), bf16 = false, amx = true, split = false }: NativeOptions = {},
): Native | string {
  const convention = arch === 'x64' ? conventions[platform] : undefined;
  if (!convention) return `there is no code for ${platform} on ${arch}`;
  if (convention === 'windows' && !asked) return 'it never ran on Windows; cpu.products: native tries it';
  const koffi = loadKoffi();
  if (typeof koffi === 'string') return koffi;
  try {
    const here = processor(koffi.module, convention);
    const widest = vectorBits(here);
    const bits = widest > most ? 256 : widest;
    if (bits === 0 || bits > most) return 'the processor has no AVX2 with fused multiply-add';
    const pairs = bits === 512 && hasBf16(here);
    if (bf16 && !pairs) return 'the processor has no AVX512_BF16';
    const tiled = pairs && (split || (bf16 && amx)) && hasAmx(here) && allowsTiles(koffi.module);
    if (split && !tiled) return 'the processor has no AMX, or the system does not keep its registers';
    const kind = split ? 'split' : tiled ? 'amx' : bf16 ? 'bf16' : bits;
    const code = codeFor(koffi.module, kind, convention);
    const connect = runInThisContext(connectSource) as Connect;
    const share = { koffi: koffi.path, code };
    const name = `${names[kind]}${pairs && !bf16 && !split ? ', also for bf16' : ''}`;
    const passes = bits === 512 && hasPasses(here);
    return { name, tile: tiles[kind], passes, multiplyTiles: connect(koffi.module, code, memory), share };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Asks Linux to keep AMX's registers for this process (arch/x86/xstate.rst of its documentation); others are not asked. */
function allowsTiles(koffi: Koffi): boolean {
  if (platform !== 'linux') return false;
  const [ARCH_PRCTL, ARCH_REQ_XCOMP_PERM, XTILEDATA] = [158, 0x1023, 18];
  const syscall = koffi.load(null).func('long syscall(long, long, long)');
  return Number(syscall(ARCH_PRCTL, ARCH_REQ_XCOMP_PERM, XTILEDATA)) === 0;
}

/** What people call the instructions of each kind of tile. */
const names: Readonly<Record<keyof typeof tiles, string>> = {
  256: 'AVX2',
  512: 'AVX-512',
  bf16: 'AVX512_BF16',
  amx: 'AMX',
  split: 'AMX, each float as three bf16',
};

const made = new Map<keyof typeof tiles, bigint>(); // one for all devices of the process

function codeFor(koffi: Koffi, kind: keyof typeof tiles, convention: Convention): bigint {
  const code = made.get(kind) ?? executable(koffi, tilesCode(tiles[kind], convention));
  made.set(kind, code);
  return code;
}

function processor(koffi: Koffi, convention: Convention): Processor {
  const ofAddress = koffi.proto('void', ['uintptr_t']);
  const run = (code: Uint8Array, values: Uint32Array): Uint32Array => {
    koffi.decode(executable(koffi, code), ofAddress)(Number(koffi.address(values)));
    return values;
  };
  return {
    cpuid(leaf, subleaf) {
      const [eax = 0, ebx = 0, ecx = 0, edx = 0] = run(cpuidCode(convention), Uint32Array.of(leaf, subleaf, 0, 0));
      return { eax, ebx, ecx, edx };
    },
    xgetbv: () => run(xgetbvCode(convention), new Uint32Array(1))[0] ?? 0,
  };
}
