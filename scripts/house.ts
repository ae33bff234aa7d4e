/**
 * Prints what is in each folder of src and web/src: how many rooms (files and folders at that level), how many arrows
 * (one room imports another), and every pair of rooms that import each other. Exits 1 when there is such a pair.
 *
 *     node --import tsx scripts/house.ts [FOLDER ...]
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const roots = process.argv.length > 2 ? process.argv.slice(2) : ['src', 'web/src'];
const files = roots.flatMap((folder) =>
  (readdirSync(root + folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts') && !file.includes('.generated.'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
);
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const folders = [...new Set(files.flatMap(foldersAbove))].toSorted();

let twoWays = 0;
console.log('files  rooms  arrows  folder');
for (const folder of folders) {
  const { rooms, arrows } = levelOf(folder);
  const within = files.filter((file) => dirname(file) === folder).length;
  console.log(
    `${String(within).padStart(5)}  ${String(rooms.size).padStart(5)}  ${String(arrows.size).padStart(6)}  ${folder}`,
  );
  for (const arrow of arrows) {
    const [from, to] = arrow.split(' -> ');
    if (from > to || !arrows.has(`${to} -> ${from}`)) continue;
    twoWays++;
    console.log(`       ${from} and ${to} import each other`);
  }
}
process.exitCode = twoWays > 0 ? 1 : 0;

/** The rooms of one folder and the arrows between them, each as `from -> to`. */
function levelOf(folder: string): { rooms: Set<string>; arrows: Set<string> } {
  const roomOf = (file: string): string | undefined =>
    file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).split('/')[0] : undefined;
  const rooms = new Set<string>();
  const arrows = new Set<string>();
  for (const [file, targets] of imports) {
    const from = roomOf(file);
    if (!from) continue;
    rooms.add(from);
    for (const target of targets) {
      const to = roomOf(target);
      if (to && to !== from) arrows.add(`${from} -> ${to}`);
    }
  }
  return { rooms, arrows };
}

function foldersAbove(file: string): string[] {
  const above = dirname(file);
  return roots.includes(above) ? [above] : [above, ...foldersAbove(above)];
}

/** AssemblyScript leaves `.ts` out of its paths. */
function importsOf(file: string): string[] {
  const text = readFileSync(root + file, 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    join(dirname(file), path.endsWith('.ts') ? path : `${path}.ts`),
  );
}
