import { dirname } from 'node:path/posix';
import type { Import } from './imports.ts';

export interface Level {
  readonly folder: string;
  /** Files right in the folder. */
  readonly files: number;
  /** Files and folders right in it. */
  readonly rooms: ReadonlySet<string>;
  /** `from -> to`: something in one room imports something in another. */
  readonly arrows: ReadonlySet<string>;
  /** Arrows that also run the other way. */
  readonly mutual: readonly string[];
}

/** Every folder below `roots`, with its direct content. */
export function levelsOf(imports: ReadonlyMap<string, readonly Import[]>, roots: readonly string[]): Level[] {
  const above = (file: string): string[] => {
    const folder = dirname(file);
    return roots.includes(folder) ? [folder] : [folder, ...above(folder)];
  };
  const folders = [...new Set([...imports.keys()].flatMap(above))].toSorted();
  return folders.map((folder) => levelOf(folder, imports));
}

function levelOf(folder: string, imports: ReadonlyMap<string, readonly Import[]>): Level {
  const roomOf = (file: string): string | undefined =>
    file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).split('/')[0] : undefined;
  const rooms = new Set<string>();
  const arrows = new Set<string>();
  for (const [file, found] of imports) {
    const from = roomOf(file);
    if (!from) continue;
    rooms.add(from);
    for (const { target } of found) {
      const to = imports.has(target) ? roomOf(target) : undefined;
      if (to && to !== from) arrows.add(`${from} -> ${to}`);
    }
  }
  const mutual = [...arrows].filter((arrow) => {
    const [from, to] = arrow.split(' -> ');
    return from < to && arrows.has(`${to} -> ${from}`);
  });
  const files = [...imports.keys()].filter((file) => dirname(file) === folder).length;
  return { folder, files, rooms, arrows, mutual };
}
