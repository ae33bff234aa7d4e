import { BertrandError } from '../../error.ts';
import type { KernelParameters } from '../../kernels/contract.ts';
import { matmulParameters } from '../../kernels/matmulParameters.ts';
import { show } from '../shape.ts';
import type { Shape } from '../shape.ts';

/** Parameters of the two kinds of batched products in attention, forward and backward: one per sequence and head, without copying heads. */
export interface HeadProducts {
  readonly batch: number;
  readonly length: number;
  readonly headSize: number;
  /** scale * a @ b': two tensors (batch, length, ES) to one (batch, heads, length, length). */
  readonly toSquares: (scale: number) => KernelParameters<'matmul'>;
  /** scale * a @ b, or a' @ b: (batch, heads, length, length) and (batch, length, ES) to (batch, length, ES). */
  readonly toColumns: (scale: number, transposed?: boolean) => KernelParameters<'matmul'>;
}

/** Throws a BertrandError for other shapes. @param shape (batch, length, ES), where head i has the columns i * HS to (i + 1) * HS - 1 */
export function headProducts(op: string, shape: Shape, heads: number): HeadProducts {
  const [batch, length, embeddingSize] = shape;
  if (shape.length !== 3) throw new BertrandError(`${op}: expected shape (batch, length, ES), found ${show(shape)}`);
  if (embeddingSize % heads !== 0)
    throw new BertrandError(`${op}: ${heads} heads do not divide the embedding size of ${show(shape)}`);
  const headSize = embeddingSize / heads;
  const columns = { row: embeddingSize, outer: length * embeddingSize, inner: headSize };
  const square = { row: length, outer: heads * length * length, inner: length * length };
  const batches = { outer: batch, inner: heads, m: length };
  return {
    batch,
    length,
    headSize,
    toSquares: (scale) =>
      matmulParameters({
        ...batches,
        n: length,
        k: headSize,
        scale,
        transposeB: true,
        a: columns,
        b: columns,
        c: square,
      }),
    toColumns: (scale, transposeA = false) =>
      matmulParameters({ ...batches, n: headSize, k: length, scale, transposeA, a: square, b: columns, c: columns }),
  };
}
