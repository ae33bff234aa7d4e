import type { PathAndBlob } from '../../protocol.ts';

/** A name that every file system takes: its first and last characters, and with them its ending. */
export const shortName = (name: string): string => {
  const characters = Array.from(name);
  return characters.length <= 60 ? name : [...characters.slice(0, 30), '-', ...characters.slice(-29)].join('');
};

/** Files by the last parts of their paths, made unique, in the order in which the command line finds them. */
export function flatNames(files: readonly PathAndBlob[]): PathAndBlob[] {
  const taken = new Set<string>();
  const named = files.map(({ path, blob }) => {
    const name =
      shortName((path.split('/').at(-1) ?? '').replaceAll(/[\\:*?"<>|[\]{}()!]|\p{Cc}/gu, '-').replace(/^\.+/, '')) ||
      'text.txt';
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${number}-${name}`;
    taken.add(free);
    return { path: free, blob };
  });
  return named.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
