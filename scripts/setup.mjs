/**
 * Makes a clone ready: installs packages and builds, each only when needed. Runs before `npm start` and `npm test`, so
 * it uses nothing but Node.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = { stamp: `${root}node_modules/.setup`, of: ['package-lock.json'] };
const build = {
  stamp: `${root}dist/.setup`,
  of: ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs', 'src'],
};

requireNode(20, 19);
refresh(packages, 'Installing packages', ['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
refresh(build, 'Building', [process.execPath, 'scripts/build.mjs']);

function requireNode(major, minor) {
  const [a = 0, b = 0] = process.versions.node.split('.').map(Number);
  if (a > major || (a === major && b >= minor)) return;
  fail(`Bertrand needs Node ${major}.${minor} or later; this is ${process.version}. Get one at nodejs.org.`);
}

/** Runs the command unless the stamp says that it ran on these very inputs. */
function refresh({ stamp, of }, what, [command, ...args]) {
  const now = fingerprint(of);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  const begin = Date.now();
  process.stderr.write(`${what} ... `);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error || status !== 0) fail(`failed\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  mkdirSync(stamp.replace(/\/[^/]*$/, ''), { recursive: true });
  writeFileSync(stamp, now);
  process.stderr.write(`${((Date.now() - begin) / 1000).toFixed(0)} s\n`);
}

function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const file of paths.flatMap(filesBelow)) hash.update(file).update(readFileSync(root + file));
  return hash.digest('hex');
}

/** The path itself if it is a file, else every file below it that is not generated. */
function filesBelow(path) {
  if (/\.[a-z]+$/.test(path)) return path.includes('.generated.') ? [] : [path];
  return readdirSync(root + path)
    .toSorted()
    .flatMap((name) => filesBelow(`${path}/${name}`));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
