import { contract } from './contract.ts';
import type { ArraySpecification, ElementType, KernelName, KernelParameters } from './contract.ts';

type AttentionSizes = Record<'heads' | 'length' | 'headSize', number>;
const linear = ({ rows, inputs, outputs }: Record<'rows' | 'inputs' | 'outputs', number>): number =>
  2 * rows * inputs * outputs;
const layered = (p: Parameters<typeof linear>[0] & { readonly layers: number }): number => p.layers * linear(p);
/** The flops of one product of (queries x length) by (length x HS), for all heads. */
const headProduct = (queries: number, { heads, length, headSize }: AttentionSizes): number =>
  2 * queries * heads * length * headSize;

const products: { readonly [K in KernelName]?: (p: KernelParameters<K>) => number } = {
  matmul: ({ m, n, k, outer, inner }) => 2 * m * n * k * outer * inner,
  linear: layered,
  linearGelu: linear,
  linearInputGradient: layered,
  linearInputGradientAdd: layered,
  linearInputGradientGelu: linear,
  linearParameterGradients: layered,
  attention: (p) => 2 * headProduct(p.batch * p.length, p),
  attentionBackward: (p) => 4 * headProduct(p.batch * p.length, p), // recomputation is not counted
  attentionAt: (p) => 2 * headProduct(p.queries, p),
  attentionAtBackward: (p) => 4 * headProduct(p.queries, p),
  attentionAtInput: (p) => 2 * headProduct(p.queries, p),
};

/** Number of multiplications and additions in the matrix products of a kernel. */
export function flopsOf<K extends KernelName>(kernel: K, parameters: KernelParameters<K>): number {
  const count = products[kernel];
  return count?.(parameters) ?? 0;
}

/**
 * The pairs of a query and a key it attends to, of which `flopsOf` counts all that a sequence may have.
 * @param spans (batch, length, 2)
 * @param tokens the queries, if not all tokens
 */
export function pairsOf(spans: ArrayLike<number>, tokens?: ArrayLike<number>): number {
  let pairs = 0;
  for (let i = 0; i < (tokens?.length ?? spans.length / 2); i++) {
    const token = tokens?.[i] ?? i;
    pairs += Math.max(0, spans[2 * token + 1] - spans[2 * token]);
  }
  return pairs;
}

/** How many elements of an array a kernel reads or writes, where these are not all. */
const touched: {
  readonly [K in KernelName]?: { readonly [name: string]: (p: KernelParameters<K>) => number };
} = {
  scatterSumAdd: { total: ({ rows, count, columns }) => Math.min(rows, count) * columns },
  dropoutAddLayerNormBackward: { dsum: ({ addSum, rows, columns }) => addSum * rows * columns },
};

/** The array that is as large as what the kernel reads from `table`. */
const taken: { readonly [K in KernelName]?: string } = { gather: 'y', gatherAdd: 'total' };

/**
 * Bytes that a kernel reads and writes: each array once, a donated one twice, and of a table only the rows looked up or added to.
 * @param width bytes per element of the array of that name
 */
export function bytesOf<K extends KernelName>(
  kernel: K,
  parameters: KernelParameters<K>,
  width: (name: string) => number,
): number {
  const { inputs, outputs } = contract[kernel];
  const parts: { readonly [name: string]: (p: KernelParameters<K>) => number } = touched[kernel] ?? {};
  let total = 0;
  for (const [name, { size, donated }] of Object.entries<ArraySpecification<ElementType, string>>({
    ...inputs,
    ...outputs,
  }))
    if (name !== 'table')
      total += (parts[name] ?? size)(parameters) * width(name) * ((donated ? 2 : 1) + Number(taken[kernel] === name));
  return total;
}
