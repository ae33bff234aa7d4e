import { BertrandError } from '../../../error.ts';
import type { BlasFinder } from '../blas/blas.ts';
import { chooseBlas } from '../blas/chooseBlas.ts';
import type { Arena } from '../engine/arena.ts';
import type { Sgemm } from '../engine/module.ts';
import type { Native } from '../native/native.ts';
import type { Products, ProductsChoice } from './products.ts';

/** What there is to choose from, and how it does here. */
export interface Candidates {
  /** Machine code, or why there is none. */
  readonly native: Native | string;
  /** What is wrong with its results. */
  nativeFault(): string | undefined;
  /** Whether it beats WebAssembly. */
  nativeFaster(): boolean;
  /** Machine code for AMX, or why there is none. */
  readonly amx: Native | string;
  amxFault(): string | undefined;
  /** Whether it beats other machine code. */
  amxFaster(): boolean;
  /** Where to look for a BLAS, or why nothing can be looked for. */
  findBlas(): BlasFinder | string;
  /** Whether a BLAS clearly beats WebAssembly. */
  blasFaster(sgemm: Sgemm): boolean;
}

/**
 * Decides whose products the device takes. Those in machine code and those in WebAssembly are equal to the last bit, so that a race
 * between them that falls out otherwise another time does no harm. AMX, whose bits are its own, is half as fast again as other machine
 * code, so that race has one outcome. A BLAS must clearly beat WebAssembly; beside machine code, which is as fast, none is looked for.
 * Throws a BertrandError when what was asked for by name cannot be used.
 */
export function chooseProducts(choice: ProductsChoice, candidates: Candidates, arena: Arena): Products {
  if (choice === 'wasm') return { remark: 'products in WebAssembly' };
  const automatic = choice === 'auto';
  if (choice === 'amx') {
    const reason = typeof candidates.amx === 'string' ? candidates.amx : candidates.amxFault();
    if (typeof candidates.amx === 'string' || reason !== undefined) return refuse('by AMX', reason);
    return inMachineCode(candidates.amx);
  }
  const native = automatic || choice === 'native' ? takeNative(candidates, automatic) : '';
  if (typeof native !== 'string') return inMachineCode((automatic && takeAmx(candidates)) || native);
  if (choice === 'native') refuse('in machine code', native);
  const faster = automatic ? (sgemm: Sgemm): boolean => candidates.blasFaster(sgemm) : undefined;
  const { blas, remark } = chooseBlas(choice === 'blas' ? 'auto' : choice, () => candidates.findBlas(), arena, faster);
  return { blas, remark: blas ? remark : `products in WebAssembly (no machine code: ${native}); ${remark}` };
}

const inMachineCode = (native: Native): Products => ({ native, remark: `products in machine code (${native.name})` });

function refuse(what: string, reason: string | undefined): never {
  throw new BertrandError(`products ${what} cannot be used: ${reason}`, { advice: 'set cpu.products to auto' });
}

function takeAmx(candidates: Candidates): Native | undefined {
  const { amx } = candidates;
  return typeof amx !== 'string' && candidates.amxFault() === undefined && candidates.amxFaster() ? amx : undefined;
}

/** Machine code, or why it is not taken. */
function takeNative(candidates: Candidates, automatic: boolean): Native | string {
  const { native } = candidates;
  if (typeof native === 'string') return native;
  const fault = candidates.nativeFault();
  if (fault !== undefined) return fault;
  return automatic && !candidates.nativeFaster() ? 'it is not faster' : native;
}
