/** An array that an op's source lists in `saved`, and the source without it. */
export interface SavedEntry {
  readonly line: number;
  readonly entry: string;
  readonly without: string;
}

/** Every entry of every list `saved: [...]` in an op's source. */
export function savedEntries(source: string): SavedEntry[] {
  return [...source.matchAll(/\bsaved: \[/g)].flatMap(({ index, 0: start }) => {
    const line = source.slice(0, index).split('\n').length;
    const first = index + start.length;
    const end = closing(source, first);
    const entries = split(source.slice(first, end));
    return entries.map((entry, i) => ({
      line,
      entry: entry.trim(),
      without: source.slice(0, first) + entries.toSpliced(i, 1).join(',') + source.slice(end),
    }));
  });
}

/** Where the bracket closes whose content begins at `from`. */
function closing(source: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; depth > 0; at++) depth += Number('[({'.includes(source[at])) - Number('])}'.includes(source[at]));
  return at - 1;
}

/** The parts of a list between commas that are outside brackets. */
function split(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of list) {
    depth += Number('[({'.includes(character)) - Number('])}'.includes(character));
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part.trim() !== '');
}
