/**
 * The indices of at most `most` values that keep a curve's shape: the least and the greatest of each stretch, the first and the
 * last.
 */
export function thinned(values: readonly number[], most: number): number[] {
  if (values.length <= most) return values.map((_, i) => i);
  const stretches = Math.floor(most / 2) - 1;
  const kept = new Set([0, values.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const end = Math.floor(((stretch + 1) * values.length) / stretches);
    let least = Math.floor((stretch * values.length) / stretches);
    let greatest = least;
    for (let i = least + 1; i < end; i++) {
      if (values[i] < values[least]) least = i;
      if (values[i] > values[greatest]) greatest = i;
    }
    kept.add(least).add(greatest);
  }
  return [...kept].toSorted((a, b) => a - b);
}
