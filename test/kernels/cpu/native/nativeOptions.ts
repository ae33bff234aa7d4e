import type { CpuOptions } from '../../../../src/kernels/cpu/index.ts';
import { openNative } from '../../../../src/kernels/cpu/native/native.node.ts';

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });

/** Options of devices with products in machine code, by a name: for all vectors that this machine has. */
export const nativeOptions: Readonly<Record<string, CpuOptions>> = Object.fromEntries(
  ([256, 512] as const).flatMap((vectorBits) => {
    const opened = openNative(memory, { asked: true, bits: vectorBits });
    if (typeof opened === 'string' || opened.tile.bits !== vectorBits) return [];
    return [[`in machine code, ${opened.name}`, { products: 'native', vectorBits }]];
  }),
);

const parts = openNative(memory, { asked: true, split: true });
/** The same of a device that splits floats into three parts for AMX, where that is here. */
export const amxOptions: Readonly<Record<string, CpuOptions>> =
  typeof parts === 'string' ? {} : { 'in machine code, AMX': { products: 'amx' } };

const pairs = openNative(memory, { asked: true, bf16: true });
/** The same of devices that round operands to bf16, without machine code and, where it is there, with it. */
export const bf16Options: Readonly<Record<string, CpuOptions>> = {
  'in bf16, emulated': { products: 'emulated', precision: 'bf16' },
  ...(typeof pairs === 'string' ? {} : { 'in bf16': { products: 'native', precision: 'bf16', amx: false } }),
  ...(typeof pairs === 'object' && pairs.tile.amx
    ? { 'in bf16, by AMX': { products: 'native', precision: 'bf16' } }
    : {}),
};
