import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/**
 * A module of the programs in package.json here, installed when a test first needs it: they are large, and neither training
 * nor most tests do. Their install scripts are not run: one fetches files from elsewhere.
 */
export async function ecosystem<T>(name: string): Promise<T> {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || !upToDate(installed)) {
    const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const shell = process.platform === 'win32';
    const { status, stderr } = spawnSync('npm', options, { cwd: folder, encoding: 'utf8', shell });
    if (status !== 0) throw new Error(`npm ci in test/ecosystem failed: ${stderr}`);
  }
  const require = createRequire(join(folder, 'package.json'));
  const module = (await import(pathToFileURL(require.resolve(name)).href)) as T & { default?: T };
  return module.default ?? module; // of CommonJS, import gives all as the default
}

/** Whether what npm notes of its last installation agrees with the lockfile in names and versions. */
function upToDate(installed: string): boolean {
  const packagesOf = (file: string): Record<string, { version: string; optional?: boolean }> =>
    (JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, { version: string }> }).packages;
  const here = packagesOf(installed);
  return Object.entries(packagesOf(join(folder, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || here[path]?.version === version || (optional === true && here[path] === undefined),
  );
}
