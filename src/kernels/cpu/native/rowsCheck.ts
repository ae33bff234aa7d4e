import type { KernelParameters } from '../../contract.ts';
import type { Arena } from '../engine/arena.ts';
import { Jobs } from '../engine/jobs.ts';
import type { KernelExports } from '../engine/module.ts';
import { cpuKernels } from '../kernels.ts';
import type { Native } from './native.ts';
import { packedTiles } from './packedTiles.ts';
import { takeTiles } from '../tiles/ownMatmul.ts';
import type { PackedTiles } from '../tiles/ownMatmul.ts';

const ARRAYS = 12;
const FLOATS = 1024; // of each array
const COUNTS = [1, 19, 64, 203];
const LENGTHS = [1, 21, 48];
const KEY = { keyHigh: 3_456_789, keyLow: 9_876_543 };

const ADAMW = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-6,
  weightDecay: 0.1,
  clipNorm: 2,
  correction1: 0.5,
  correction2: 0.25,
};

type CpuKernels = ReturnType<typeof cpuKernels>;
/** Arrays by number: the first are inputs, the others outputs. */
type Run = (arrays: readonly number[]) => void;

/** The tiles of machine code, with its passes over rows unless they are wrong; then the remark says so. */
export function checkedTiles(exports: KernelExports, arena: Arena, native: Native): [PackedTiles, remark: string] {
  const tiles = packedTiles(native);
  const fault = tiles.passes ? faultOfRows(exports, arena, tiles) : undefined;
  return fault === undefined ? [tiles, ''] : [{ ...tiles, passes: false }, `, all else in WebAssembly (${fault})`];
}

/** What is wrong with passes over rows in machine code, or undefined: kernels must give the bits of WebAssembly. */
function faultOfRows(exports: KernelExports, arena: Arena, tiles: PackedTiles): string | undefined {
  const [first, spans] = [arena.allocate(4 * ARRAYS * FLOATS), arena.allocate(4 * FLOATS)];
  const arrays = Array.from({ length: ARRAYS }, (_, i) => first + 4 * FLOATS * i);
  const [from, to] = [first / 4, first / 4 + ARRAYS * FLOATS];
  const kernels = cpuKernels(arena, new Jobs(arena, exports, undefined), takeTiles(exports, tiles));
  const resultOf = (run: Run, passes: boolean): Int32Array => {
    takeTiles(exports, { ...tiles, passes });
    arena.floats.set(values, from);
    run(arrays);
    return arena.integers.slice(from, to);
  };
  try {
    for (const [name, run] of cases(kernels, spans, arena)) {
      const expected = resultOf(run, false);
      if (!resultOf(run, true).every((bits, i) => bits === expected[i])) return `wrong ${name}`;
    }
    return undefined;
  } finally {
    takeTiles(exports, tiles);
    for (const address of [first, spans]) arena.release(address);
  }
}

/** All kernels that pass over rows in machine code, with and without dropout. */
function* cases(kernels: CpuKernels, spans: number, arena: Arena): Generator<[string, Run]> {
  const { dropoutAdd, geluDropout, geluDropoutBoth } = kernels;
  for (const rate of [0, 0.3]) {
    for (const size of COUNTS) {
      const p = { size, rate, ...KEY, tanh: 0 };
      yield ['dropout', ([x, residual, y]) => dropoutAdd?.({ x, residual }, p, { y })];
      yield ['GELU', ([x, y]) => geluDropout?.({ x }, p, { y })];
      yield ["GELU's gradient", ([x, dy]) => geluDropoutBoth?.({ x, dy }, p, {})];
    }
    for (const length of LENGTHS) {
      const p = { batch: 1, heads: 2, length, headSize: 10, scale: 0.25, rate, ...KEY };
      yield [`attention among ${length}`, attention(kernels, spans, arena, p)];
    }
  }
  for (const columns of COUNTS) {
    yield ['cross entropy', entropy(kernels, spans, arena, { rows: 2, columns })];
    yield [
      'sums',
      ([x, sum, y]) => {
        kernels.sumSquares({ x }, { size: 4 * columns + 3 }, { y: sum });
        kernels.sumRows({ x }, { rows: 5, columns }, { y });
      },
    ];
    yield ['LayerNorm', norm(kernels, { rows: 5, columns, epsilon: 1e-5, unbiased: 0, addSum: 1, rate: 0.3, ...KEY })];
    yield ['LayerNorm', norm(kernels, { rows: 5, columns, epsilon: 1e-6, unbiased: 1, addSum: 0, rate: 0, ...KEY })];
    yield ['AdamW', step(kernels, arena, { ...ADAMW, size: 4 * columns + 3, decayed: 2 * columns })];
  }
}

/** Forward and backward; labels are where spans are for attention. */
const entropy =
  (kernels: CpuKernels, labels: number, arena: Arena, p: KernelParameters<'crossEntropy'>): Run =>
  ([logits, dlosses, losses, logSumExp, dlogits]) => {
    arena.integers.set([0, p.columns - 1], labels / 4);
    kernels.crossEntropy({ logits, labels }, p, { losses, logSumExp });
    kernels.crossEntropyBackward({ logits, labels, logSumExp, dlosses }, p, { dlogits });
  };

const norm =
  (kernels: CpuKernels, p: KernelParameters<'dropoutAddLayerNormBackward'>): Run =>
  ([x, residual, gamma, beta, dy, sum, y, mean, inverse, dx, dgamma, dbeta]) => {
    kernels.dropoutAddLayerNorm?.({ x, residual, gamma, beta }, p, { sum, y, mean, inverse });
    const inputs = { sum, gamma, mean, inverse, dy, dsum: beta };
    kernels.dropoutAddLayerNormBackward?.(inputs, p, { dresidual: residual, dx, dgamma, dbeta });
  };

const step =
  (kernels: CpuKernels, arena: Arena, p: KernelParameters<'adamw'>): Run =>
  ([weights, gradients, firstMoment, secondMoment, squaredNorm = 0]) => {
    for (let i = 0; i < p.size; i++) arena.floats[secondMoment / 4 + i] **= 2;
    arena.floats[squaredNorm / 4] = 5;
    kernels.adamw({ weights, gradients, firstMoment, secondMoment, squaredNorm }, p, {});
  };

const attention =
  (kernels: CpuKernels, spans: number, arena: Arena, p: KernelParameters<'attention'>): Run =>
  ([query, key, value, dcontext, context, logSumExp, dquery, dkey, dvalue]) => {
    for (let i = 0; i < p.length; i++) arena.integers.set([0, p.length], spans / 4 + 2 * i);
    const inputs = { query, key, value, spans };
    kernels.attention?.(inputs, p, { context, logSumExp });
    kernels.attentionBackward?.({ ...inputs, context, logSumExp, dcontext }, p, { dquery, dkey, dvalue });
  };

/** What all arrays hold before: numbers of both signs and all sizes. */
const values = Float32Array.from({ length: ARRAYS * FLOATS }, (_, i) => 12 * (((i * 7919) % 2003) / 1001.5 - 1) ** 5);
