/** Characters: no name is longer. */
const LONGEST = 60;

/** The name that was most likely meant: the only one that contains it, or the nearest; undefined if none is near. Case, `_` and `-` do not count. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  const written = text.slice(0, LONGEST); // comparing takes time by the product of the lengths
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_ ]/g, '');
  const containing = names.filter((name) => written.length > 2 && plain(name).includes(plain(written)));
  if (containing.length === 1) return containing[0];
  const [best] = names
    .map((name) => ({ name, distance: editDistance(plain(written), plain(name)) }))
    .toSorted((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(plain(best.name).length / 3)) ? best.name : undefined;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2][j - 2] + 1 : Infinity;
      row.push(Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, substituted, swapped));
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
