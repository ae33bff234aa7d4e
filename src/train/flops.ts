import type { KernelName, Parameters } from '../kernels/contract.ts';

type Attention = Record<'batch' | 'heads' | 'length' | 'headSize', number>;
const linear = ({ rows, inputs, outputs }: Record<'rows' | 'inputs' | 'outputs', number>): number =>
  2 * rows * inputs * outputs;
/** Of one product of a (length x length) array with (length x HS), for all heads. */
const headProduct = ({ batch, heads, length, headSize }: Attention): number =>
  2 * batch * heads * length * length * headSize;

const products: { readonly [K in KernelName]?: (p: Parameters<K>) => number } = {
  matmul: ({ m, n, k, outer, inner }) => 2 * m * n * k * outer * inner,
  linear,
  linearGelu: linear,
  attention: (p) => 2 * headProduct(p),
  attentionBackward: (p) => 4 * headProduct(p), // what is computed again is not counted again
};

/** Multiplications and additions in the matrix products of a kernel. */
export function flopsOf<K extends KernelName>(kernel: K, parameters: Parameters<K>): number {
  const count = products[kernel];
  return count?.(parameters) ?? 0;
}
