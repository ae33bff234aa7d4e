/**
 * Prints what is in each folder of src and web/src: how many rooms (files and folders at that level), how many arrows
 * (one room imports another), and every pair of rooms that import each other. Exits 1 when there is such a pair.
 *
 *     node --import tsx scripts/house.ts [FOLDER ...]
 */
import { readImports } from './house/imports.ts';
import { levelsOf } from './house/levels.ts';

const roots = process.argv.length > 2 ? process.argv.slice(2) : ['src', 'web/src'];
const levels = levelsOf(readImports(roots), roots);

console.log('files  rooms  arrows  folder');
for (const { folder, files, rooms, arrows, mutual } of levels) {
  const [a, b, c] = [files, rooms.size, arrows.size].map(String);
  console.log(`${a.padStart(5)}  ${b.padStart(5)}  ${c.padStart(6)}  ${folder}`);
  for (const arrow of mutual) console.log(`       ${arrow.replace('->', 'and')} import each other`);
}
process.exitCode = levels.some(({ mutual }) => mutual.length > 0) ? 1 : 0;
