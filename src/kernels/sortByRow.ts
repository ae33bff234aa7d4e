/**
 * Counting sort of indices: order[offsets[r]] to order[offsets[r + 1] - 1] are the positions of r in `indices`, ascending. With
 * it a scatter becomes a gather, whose sums have a fixed order.
 */
export function sortByRow(indices: Int32Array, rows: number): { order: Int32Array; offsets: Int32Array } {
  const offsets = new Int32Array(rows + 1);
  for (const row of indices) offsets[row]++;
  for (let row = 0; row < rows; row++) offsets[row + 1] += offsets[row]; // the ends of the rows
  const order = new Int32Array(indices.length);
  for (let place = indices.length - 1; place >= 0; place--) order[--offsets[indices[place]]] = place;
  return { order, offsets };
}
