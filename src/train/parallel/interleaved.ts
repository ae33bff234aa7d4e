import type { Communicator } from '../../ranks/communicator.ts';

/**
 * The rows of all ranks in the order that one process has them in: row i is rank i mod size's. What is added up of them has the same
 * bits whatever the number of ranks.
 */
export async function interleaved<Row extends readonly number[]>(
  ranks: Communicator,
  own: readonly Row[],
): Promise<Row[]> {
  const { rank, size } = ranks;
  if (size === 1) return [...own];
  const shape = new Float64Array(2 * size);
  shape.set([own.length, own[0]?.length ?? 0], 2 * rank);
  await ranks.sum(shape);
  const counts = shape.filter((_, i) => i % 2 === 0);
  const width = Math.max(...shape.filter((_, i) => i % 2 === 1));
  const all = new Float64Array(Math.max(...counts) * size * width); // each rank adds its rows to the others' zeros
  for (const [i, row] of own.entries()) all.set(row, (i * size + rank) * width);
  await ranks.sum(all);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Array.from({ length: total }, (_, i) => [...all.subarray(i * width, (i + 1) * width)] as unknown as Row);
}
