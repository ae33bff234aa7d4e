import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether `bearer`, a file that is written when something has been built, holds the fingerprint of its sources.
 * @param {string} root
 * @param {{ bearer: string, from: string[] }} what paths from `root`
 */
export function isBuilt(root, { bearer, from }) {
  const file = join(root, bearer);
  return existsSync(file) && readFileSync(file, 'utf8').includes(fingerprint(root, from));
}

/**
 * Of the names and contents of these files and of all files in these folders. All of src takes 10 ms, so that there is no
 * need to trust times of change, which a checkout sets too.
 * @param {string} root
 * @param {string[]} paths
 */
export function fingerprint(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((path) => filesOf(root, path))) {
    const content = readFileSync(join(root, path));
    hash.update(`${path} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** @returns {string[]} */
function filesOf(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats ? [path] : [];
  return readdirSync(join(root, path))
    .toSorted()
    .flatMap((name) => filesOf(root, `${path}/${name}`));
}
