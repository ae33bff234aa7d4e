import { BertrandError } from '../error.ts';
import type { Layout } from './matmulParameters.ts';
import { show } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** How attention's matrices lie in memory: one for each sequence (outer) and head (inner), none of them copied. */
export interface HeadLayouts {
  readonly batch: number;
  readonly length: number;
  /** HS, the columns of one head. */
  readonly headSize: number;
  /** (length, HS) inside (batch, length, ES): head i takes columns i * HS to (i + 1) * HS. */
  readonly columns: Layout;
  /** (length, length) inside (batch, heads, length, length). */
  readonly square: Layout;
}

/** @param x (batch, length, ES) */
export function headLayouts(op: string, x: Tensor, heads: number): HeadLayouts {
  const [batch, length, embeddingSize] = x.shape;
  if (batch === undefined || length === undefined || embeddingSize === undefined || x.shape.length !== 3)
    throw new BertrandError(`${op}: expected shape (batch, length, ES), found ${show(x.shape)}`);
  if (embeddingSize % heads !== 0)
    throw new BertrandError(`${op}: ${heads} heads do not divide the embedding size of ${show(x.shape)}`);
  const headSize = embeddingSize / heads;
  return {
    batch,
    length,
    headSize,
    columns: { row: embeddingSize, outer: length * embeddingSize, inner: headSize },
    square: { row: length, outer: heads * length * length, inner: length * length },
  };
}
