/** A matrix as int8 and a scale for each row: value = int8 * scale. */
export interface QuantizedRows {
  /** (rows, columns), from -127 to 127 */
  readonly values: Int8Array;
  /** (rows) */
  readonly scales: Float32Array;
}

/** Symmetric: the largest magnitude of each row becomes 127. A row of zeros has scale 0. */
export function quantizeRows(data: Float32Array, rows: number, columns: number): QuantizedRows {
  const scales = rowScales(data, rows, columns);
  const values = new Int8Array(data.length);
  for (let row = 0; row < rows; row++) {
    const [begin, scale] = [row * columns, scales[row]];
    if (scale > 0) for (let i = begin; i < begin + columns; i++) values[i] = Math.round(data[i] / scale);
  }
  return { values, scales };
}

/** (rows) the scales alone, which take a fifth of the time */
export function rowScales(data: Float32Array, rows: number, columns: number): Float32Array {
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const begin = row * columns;
    let largest = 0;
    for (let i = begin; i < begin + columns; i++) largest = Math.max(largest, Math.abs(data[i]));
    scales[row] = largest / 127;
  }
  return scales;
}

/** (rows, columns) */
export function dequantizeRows({ values, scales }: QuantizedRows): Float32Array {
  const columns = values.length / scales.length;
  return Float32Array.from(values, (value, i) => value * scales[Math.floor(i / columns)]);
}
