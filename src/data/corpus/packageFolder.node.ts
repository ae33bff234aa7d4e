import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BertrandError } from '../../error.ts';

/** The folder of an installed package, as seen from `folder` and, failing that, from Bertrand itself. */
export function packageFolder(name: string, folder: string): string {
  const starts = [join(folder, 'package.json'), import.meta.url];
  const candidates = starts.flatMap((start) => createRequire(start).resolve.paths(name) ?? []);
  const found = candidates.map((modules) => join(modules, name)).find((path) => existsSync(join(path, 'package.json')));
  if (found === undefined)
    throw new BertrandError(`data.corpus: the npm package ${name} is not installed`, {
      advice: `run npm install ${name}`,
    });
  return found;
}
