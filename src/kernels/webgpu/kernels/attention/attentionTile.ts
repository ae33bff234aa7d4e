import { BertrandError } from '../../../../error.ts';

/**
 * The shape of attention's workgroups: one keeps `rows` rows of one side (queries, or keys) in workgroup memory and streams the
 * other side, `columns` at a time. An invocation has four rows: columns/across columns of their scores, and for each of the
 * `chunks` that a head's elements are cut into, chunk/4/across vectors of the sums over columns.
 */
export interface AttentionTile {
  readonly rows: number;
  readonly columns: number;
  /** Invocations side by side; a workgroup has rows/4 such lines. */
  readonly across: 8 | 16;
  readonly chunk: 32 | 64;
  readonly chunks: number;
}

export const threadsOf = ({ rows, across }: AttentionTile): number => (rows / 4) * across;

/** Vectors per line of the streamed side, and of the weights: one more than needed, so that neighbouring lines are in different banks. */
export const streamLine = ({ chunk }: AttentionTile): number => chunk / 4 + 1;
export const weightLine = ({ rows }: AttentionTile): number => rows / 4 + 1;

/** Bytes of workgroup memory for a tile that keeps `residents` arrays. */
function bytesOf(tile: AttentionTile, residents: number): number {
  const { rows, columns, chunk, chunks, across } = tile;
  const kept = residents * rows * chunk * chunks * 4 + 32; // plus a few words
  return kept + 16 * (columns * (streamLine(tile) + weightLine(tile)) + across * weightLine(tile));
}

/**
 * The largest tile for a head size that fits this much workgroup memory; 16 columns are for adapters with little of it. Throws a
 * BertrandError if no tile fits.
 * @param residents number of arrays kept: one in forward, two in backward
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
