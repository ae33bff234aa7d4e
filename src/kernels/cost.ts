import { contract } from './contract.ts';
import type { ArraySpecification, ElementType, KernelName, KernelParameters } from './contract.ts';

type AttentionSizes = Record<'heads' | 'length' | 'headSize', number>;
const linear = ({ rows, inputs, outputs }: Record<'rows' | 'inputs' | 'outputs', number>): number =>
  2 * rows * inputs * outputs;
/** Of one product of a (queries x length) array with (length x HS), for all heads. */
const headProduct = (queries: number, { heads, length, headSize }: AttentionSizes): number =>
  2 * queries * heads * length * headSize;

const products: { readonly [K in KernelName]?: (p: KernelParameters<K>) => number } = {
  matmul: ({ m, n, k, outer, inner }) => 2 * m * n * k * outer * inner,
  linear,
  linearGelu: linear,
  attention: (p) => 2 * headProduct(p.batch * p.length, p),
  attentionBackward: (p) => 4 * headProduct(p.batch * p.length, p), // what is computed again is not counted again
  attentionAt: (p) => 2 * headProduct(p.queries, p),
  attentionAtBackward: (p) => 4 * headProduct(p.queries, p),
};

/** Multiplications and additions in the matrix products of a kernel. */
export function flopsOf<K extends KernelName>(kernel: K, parameters: KernelParameters<K>): number {
  const count = products[kernel];
  return count?.(parameters) ?? 0;
}

/** Arrays of which as much is taken from a table. */
const taken: { readonly [K in KernelName]?: string } = { gather: 'y', gatherAdd: 'total' };

/**
 * Bytes that a kernel reads and writes: each array once, a donated one both ways, of a gathered table only what is taken.
 * @param width bytes of an element of the array of that name
 */
export function bytesOf<K extends KernelName>(
  kernel: K,
  parameters: KernelParameters<K>,
  width: (name: string) => number,
): number {
  const { inputs, outputs } = contract[kernel];
  let total = 0;
  for (const [name, { size, donated }] of Object.entries<ArraySpecification<ElementType, string>>({
    ...inputs,
    ...outputs,
  }))
    if (name !== 'table')
      total += size(parameters) * width(name) * ((donated ? 2 : 1) + Number(taken[kernel] === name));
  return total;
}
