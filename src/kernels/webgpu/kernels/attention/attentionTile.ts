import { BertrandError } from '../../../../error.ts';

/**
 * How a workgroup of attention works: it keeps `rows` of one side (queries, or keys) in workgroup memory and walks over
 * the other side, `columns` at a time. An invocation holds four rows, of the scores columns/across columns, of the sums over the
 * columns chunk/4/across vectors of each of the `chunks` that a head's elements are cut into.
 */
export interface AttentionTile {
  readonly rows: number;
  readonly columns: number;
  /** Invocations beside each other; rows/4 of such lines are a workgroup. */
  readonly across: 8 | 16;
  readonly chunk: 32 | 64;
  readonly chunks: number;
}

export const threadsOf = ({ rows, across }: AttentionTile): number => (rows / 4) * across;

/** Vectors in a line of the walked side, and of the weights: one more than there are, so that neighbouring lines lie in other banks. */
export const streamLine = ({ chunk }: AttentionTile): number => chunk / 4 + 1;
export const weightLine = ({ rows }: AttentionTile): number => rows / 4 + 1;

/** Bytes of workgroup memory that a tile takes which keeps `residents` arrays. */
function bytesOf(tile: AttentionTile, residents: number): number {
  const { rows, columns, chunk, chunks, across } = tile;
  const kept = residents * rows * chunk * chunks * 4 + 32; // and a few words
  return kept + 16 * (columns * (streamLine(tile) + weightLine(tile)) + across * weightLine(tile));
}

/**
 * The largest tile for a head size that fits this much workgroup memory. Sixteen columns fit where that is scarce.
 * @param residents arrays that are kept: one going forward, two going back
 * Throws a BertrandError for heads that no tile fits.
 */
export function attentionTile(headSize: number, residents: number, workgroupBytes: number): AttentionTile {
  const chunk = headSize <= 32 ? 32 : 64;
  const chunks = Math.ceil(headSize / chunk);
  for (const rows of [32, 16, 8, 4])
    for (const columns of [32, 16]) {
      const tile: AttentionTile = { rows, columns, across: rows === 32 || chunk === 32 ? 8 : 16, chunk, chunks };
      if (bytesOf(tile, residents) <= workgroupBytes) return tile;
    }
  throw new BertrandError(
    `webgpu: heads of ${headSize} elements do not fit this adapter's ${workgroupBytes} bytes of workgroup memory`,
    { advice: 'raise model.heads or lower model.embeddingSize' },
  );
}
