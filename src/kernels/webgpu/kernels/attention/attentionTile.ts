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

export const threadsOf = ({ rows, across }: Pick<AttentionTile, 'rows' | 'across'>): number => (rows / 4) * across;

/** Vectors per line of the streamed side, and of the weights: one more than needed, so that neighbouring lines are in different banks. */
export const streamLine = ({ chunk }: Pick<AttentionTile, 'chunk'>): number => chunk / 4 + 1;
export const weightLine = ({ rows }: Pick<AttentionTile, 'rows'>): number => rows / 4 + 1;

/** What a tile has to fit. */
export interface AttentionRoom {
  /** Number of arrays kept: one in forward, two in backward. */
  readonly residents: number;
  /** Whether both sides are halves. */
  readonly halves: boolean;
  /** Bytes of workgroup memory. */
  readonly workgroupBytes: number;
}

function fits(tile: AttentionTile, { residents, halves, workgroupBytes }: AttentionRoom): boolean {
  const { rows, columns, chunk, chunks, across } = tile;
  const vector = halves ? 8 : 16;
  const kept = residents * (rows / 4) * chunk * chunks * vector + 32; // plus a few words
  const streamed = columns * streamLine(tile) * vector;
  return kept + streamed + 16 * (columns + across) * weightLine(tile) <= workgroupBytes;
}

/** Rows and invocations side by side, the preferred ones first: 128 invocations keep a GPU busy, and longer lines share what they load. */
const shapes: readonly Pick<AttentionTile, 'rows' | 'across'>[] = [
  { rows: 64, across: 8 },
  { rows: 32, across: 16 },
  { rows: 32, across: 8 },
  { rows: 16, across: 16 },
  { rows: 16, across: 8 },
  { rows: 8, across: 16 },
  { rows: 8, across: 8 },
  { rows: 4, across: 16 },
  { rows: 4, across: 8 },
];
/** Most tiles to choose from. */
const MOST = 3;

/**
 * The tiles for a head size that fit, the preferred one first. All of them give the same bits: they have the same columns, of which there
 * are 16 where memory is scarce. Throws a BertrandError if none fits.
 */
export function attentionTiles(headSize: number, room: AttentionRoom): AttentionTile[] {
  const chunk = headSize <= 32 ? 32 : 64;
  const chunks = Math.ceil(headSize / chunk);
  const of = (columns: number): AttentionTile[] =>
    shapes
      .filter(({ across }) => across <= chunk / 4)
      .map(({ rows, across }): AttentionTile => ({ rows, columns, across, chunk, chunks }))
      .filter((tile) => fits(tile, room));
  const [wide, narrow] = [of(32), of(16)];
  const most = ([tile]: AttentionTile[]): number => Math.min(32, tile?.rows ?? 0);
  const found = most(narrow) > most(wide) ? narrow : wide;
  if (found.length > 0) return found.slice(0, MOST);
  throw new BertrandError(
    `webgpu: heads of ${headSize} elements do not fit this adapter's ${room.workgroupBytes} bytes of workgroup memory`,
    { advice: 'raise model.heads or lower model.embeddingSize' },
  );
}
