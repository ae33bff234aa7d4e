import type { KernelParameters } from '../../contract.ts';
import type { Arena } from '../engine/arena.ts';
import { Jobs } from '../engine/jobs.ts';
import type { KernelExports } from '../engine/module.ts';
import { cpuKernels } from '../kernels.ts';
import type { Native } from './native.ts';
import { packedTiles } from './packedTiles.ts';
import { takeTiles } from '../tiles/ownMatmul.ts';
import type { PackedTiles } from '../tiles/ownMatmul.ts';

const FLOATS = 4096; // of each array
const COUNTS = [1, 3, 16, 23, 64, 1001];
const LENGTHS = [1, 6, 16, 37];
const KEY = { keyHigh: 3_456_789, keyLow: 9_876_543 };

/** Arrays by number: the first are inputs, the others outputs. */
type Run = (arrays: readonly number[]) => void;

/** The tiles of machine code, with its passes over rows unless they are wrong; then the remark says so. */
export function checkedTiles(exports: KernelExports, arena: Arena, native: Native): [PackedTiles, remark: string] {
  const tiles = packedTiles(native);
  const fault = tiles.passes ? faultOfRows(exports, arena, tiles) : undefined;
  return fault === undefined ? [tiles, ''] : [{ ...tiles, passes: false }, `, all else in WebAssembly (${fault})`];
}

/** What is wrong with passes over rows in machine code, or undefined: kernels must give the bits of WebAssembly. */
export function faultOfRows(exports: KernelExports, arena: Arena, tiles: PackedTiles): string | undefined {
  const arrays = Array.from({ length: 10 }, () => arena.allocate(4 * FLOATS));
  const spans = arena.allocate(4 * FLOATS);
  const jobs = new Jobs(arena, exports, undefined);
  const resultOf = (run: (kernels: ReturnType<typeof cpuKernels>) => Run, passes: boolean): Int32Array[] => {
    for (const [i, address] of arrays.entries()) fill(arena.floats.subarray(address / 4, address / 4 + FLOATS), i);
    run(cpuKernels(arena, jobs, takeTiles(exports, { ...tiles, passes })))(arrays);
    return arrays.map((address) => arena.integers.slice(address / 4, address / 4 + FLOATS));
  };
  try {
    for (const [name, run] of cases(spans, arena)) {
      const [found, expected] = [true, false].map((passes) => resultOf(run, passes));
      if (!equal(found, expected)) return `wrong ${name}`;
    }
    return undefined;
  } finally {
    takeTiles(exports, tiles);
    for (const address of [...arrays, spans]) arena.release(address);
  }
}

/** All kernels that pass over rows in machine code, with and without dropout. */
function* cases(spans: number, arena: Arena): Generator<[string, (kernels: ReturnType<typeof cpuKernels>) => Run]> {
  for (const rate of [0, 0.3]) {
    for (const size of COUNTS) {
      const p = { size, rate, ...KEY, tanh: 0 };
      yield [
        'dropout',
        ({ dropoutAdd }) =>
          ([x, residual, y]) =>
            dropoutAdd?.({ x, residual }, p, { y }),
      ];
      yield [
        'GELU',
        ({ geluDropout }) =>
          ([x, y]) =>
            geluDropout?.({ x }, p, { y }),
      ];
      yield [
        "GELU's gradient",
        ({ geluDropoutBoth }) =>
          ([x, dy]) =>
            geluDropoutBoth?.({ x, dy }, p, {}),
      ];
    }
    for (const columns of COUNTS) yield ['cross entropy', entropy(spans, arena, { rows: 2, columns })];
    for (const length of LENGTHS) {
      const p = { batch: 1, heads: 2, length, headSize: 20, scale: 0.25, rate, ...KEY };
      yield [`attention among ${length}`, attention(spans, arena, p)];
    }
  }
}

/** Forward and backward; labels are where spans are for attention. */
const entropy =
  (labels: number, arena: Arena, p: KernelParameters<'crossEntropy'>) =>
  (kernels: ReturnType<typeof cpuKernels>): Run =>
  ([logits, dlosses, losses, logSumExp, dlogits]) => {
    arena.integers.set([0, p.columns - 1], labels / 4);
    kernels.crossEntropy({ logits, labels }, p, { losses, logSumExp });
    kernels.crossEntropyBackward({ logits, labels, logSumExp, dlosses }, p, { dlogits });
  };

const attention =
  (spans: number, arena: Arena, p: KernelParameters<'attention'>) =>
  (kernels: ReturnType<typeof cpuKernels>): Run =>
  ([query, key, value, dcontext, context, logSumExp, dquery, dkey, dvalue]) => {
    for (let i = 0; i < p.length; i++) arena.integers.set([0, p.length], spans / 4 + 2 * i);
    const inputs = { query, key, value, spans };
    kernels.attention?.(inputs, p, { context, logSumExp });
    kernels.attentionBackward?.({ ...inputs, context, logSumExp, dcontext }, p, { dquery, dkey, dvalue });
  };

/** Values of both signs and all sizes. */
function fill(array: Float32Array, seed: number): void {
  for (let i = 0; i < array.length; i++) {
    const value = ((i * 7919 + seed * 104_729) % 2003) / 1001.5 - 1;
    array[i] = 12 * value ** 5;
  }
}

function equal(found: readonly Int32Array[] = [], expected: readonly Int32Array[] = []): boolean {
  return found.every((array, i) => array.every((bits, j) => bits === expected[i]?.[j]));
}
