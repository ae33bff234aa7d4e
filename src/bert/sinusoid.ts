/**
 * The fixed position embedding of Vaswani et al. 2017: even columns sin(p / 10000^(c / ES)), odd ones the cosine of the
 * same angle.
 * @returns (length, embeddingSize)
 */
export function sinusoid(length: number, embeddingSize: number): Float64Array {
  const table = new Float64Array(length * embeddingSize);
  for (let position = 0; position < length; position++)
    for (let column = 0; column < embeddingSize; column++) {
      const angle = position / 10000 ** ((column - (column % 2)) / embeddingSize);
      table[position * embeddingSize + column] = column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return table;
}
