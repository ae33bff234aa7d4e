/**
 * Counting sort of indices: order[offsets[r]] to order[offsets[r + 1] - 1] are the positions of r in `indices`, ascending. With
 * it a scatter becomes a gather, whose sums have a fixed order.
 */
export function sortByRow(indices: Int32Array, rows: number): { order: Int32Array; offsets: Int32Array } {
  const offsets = new Int32Array(rows + 1);
  for (const row of indices) offsets[row + 1]++;
  for (let row = 0; row < rows; row++) offsets[row + 1] += offsets[row];
  const next = offsets.slice();
  const order = new Int32Array(indices.length);
  for (let place = 0; place < indices.length; place++) order[next[indices[place]]++] = place;
  return { order, offsets };
}
