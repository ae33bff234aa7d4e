import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fact } from '../../ranks/together.ts';
import { version } from '../version.ts';

/** What ranks must have alike before they begin: they would compute different things, or wait for each other in different places. */
export function program(): Fact[] {
  return [
    {
      name: 'version of Bertrand',
      value: `${version}, ${codeDigest()}`,
      advice: 'install the same one on all machines',
    },
    { name: 'version of Node', value: process.version, advice: 'install the same one on all machines' },
    { name: 'command line', value: process.argv.slice(2).join(' '), advice: 'start all ranks with the same one' },
  ];
}

/** A short hash of the program's code. */
function codeDigest(): string {
  const folder = fileURLToPath(new URL('../..', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.d)\.[jt]s$/.test(name),
  );
  const hash = createHash('sha256');
  for (const name of files.toSorted()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}
