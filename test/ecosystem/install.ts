import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
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
  if (!isUpToDate(installed)) install(installed);
  const require = createRequire(join(folder, 'package.json'));
  const module = (await import(pathToFileURL(require.resolve(name)).href)) as T & { default?: T };
  return module.default ?? module; // of CommonJS, import gives all as the default
}

/** Installs beside the place and moves the whole there, since another process may be doing the same. */
function install(installed: string): void {
  const own = mkdtempSync(join(folder, 'node_modules.'));
  try {
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(folder, file), join(own, file));
    const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const shell = process.platform === 'win32';
    const { status, stderr } = spawnSync('npm', options, { cwd: own, encoding: 'utf8', shell });
    if (status !== 0) throw new Error(`npm ci in test/ecosystem failed: ${stderr}`);
    if (isUpToDate(installed)) return;
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
    renameSync(join(own, 'node_modules'), join(folder, 'node_modules'));
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** Whether what npm notes of its last installation agrees with the lockfile in names and versions. */
function isUpToDate(installed: string): boolean {
  if (!existsSync(installed)) return false;
  const packagesOf = (file: string): Record<string, { version: string; optional?: boolean }> =>
    (JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, { version: string }> }).packages;
  const here = packagesOf(installed);
  return Object.entries(packagesOf(join(folder, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || here[path]?.version === version || (optional === true && here[path] === undefined),
  );
}
