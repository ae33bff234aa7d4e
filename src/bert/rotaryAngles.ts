/**
 * The angles of rotary positions (Su et al. 2021): pair i of HS/2 has turned by p * base^(-2i/HS) at position p.
 * @returns (length, headSize): the cosines of a position's angles, then their sines
 */
export function rotaryAngles(length: number, headSize: number, base: number): Float64Array {
  const half = headSize / 2;
  const table = new Float64Array(length * headSize);
  for (let position = 0; position < length; position++)
    for (let i = 0; i < half; i++) {
      const angle = position / base ** (i / half);
      table[position * headSize + i] = Math.cos(angle);
      table[position * headSize + half + i] = Math.sin(angle);
    }
  return table;
}
