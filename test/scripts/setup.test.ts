import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
// @ts-expect-error it is JavaScript, which any Node runs
import { fingerprint, isBuilt } from '../../scripts/setup/built.mjs';
// @ts-expect-error it is JavaScript, which any Node runs
import { isInstalled } from '../../scripts/setup/packages.mjs';
// @ts-expect-error it is JavaScript, which any Node runs
import { faultOfNode } from '../../scripts/setup/setUp.mjs';
// @ts-expect-error it is JavaScript, which any Node runs
import { removeStaleOutputs } from '../../scripts/setup/staleOutputs.mjs';
import { temporaryFolder } from '../temporaryFolder.ts';

const linux = { platform: 'linux', arch: 'x64' };
const one = { version: '1.0.0', integrity: 'sha512-one' };
const native = { ...one, optional: true, os: ['linux'], cpu: ['x64'] };
const foreign = { ...native, os: ['win32'] };
const lockfile = { packages: { '': { version: '0.1.0' }, 'node_modules/a': one, 'node_modules/n': native } };
const installed = (packages: object): boolean =>
  isInstalled(lockfile, { packages: { 'node_modules/a': one, ...packages } }, linux);

test('packages are installed again when npm has not, or not what the lockfile asks for', () => {
  assert.is(isInstalled(lockfile, undefined, linux), false);
  assert.is(isInstalled(lockfile, { packages: {} }, linux), false, 'one is missing');
  assert.is(installed({ 'node_modules/a': { ...one, version: '1.0.1' } }), false, 'another version');
  assert.is(installed({ 'node_modules/a': { ...one, integrity: 'sha512-two' } }), false, 'another content');
  assert.is(installed({ 'node_modules/n': { ...native, version: '1.0.1' } }), false, 'another optional version');
});

test('packages that were installed for another kind of machine are installed again', () => {
  const here = { packages: { 'node_modules/a': one, 'node_modules/n': native } };
  assert.is(isInstalled(lockfile, here, linux), true);
  assert.is(isInstalled(lockfile, here, { ...linux, platform: 'darwin' }), false);
  assert.is(isInstalled(lockfile, here, { ...linux, arch: 'arm64' }), false);
  assert.is(installed({ 'node_modules/f': foreign }), false);
  assert.is(installed({ 'node_modules/f': { ...native, os: ['!linux'] } }), false);
  assert.is(installed({ 'node_modules/f': { ...native, os: ['!win32'] } }), true);
});

test('packages are not installed again for what npm left out as optional, or has besides', () => {
  assert.is(installed({}), true);
  assert.is(installed({ 'node_modules/n': native, 'node_modules/b': one }), true);
});

test('what was built is built again when a file it is made from changed, came or went, not when it was only touched', () => {
  const files = { 'in/a.ts': 'a', 'in/deep/b.ts': 'b', 'c.json': 'c' };
  const root = temporaryFolder(files);
  const what = { bearer: 'made.ts', from: ['in', 'c.json'] };
  const write = (name: string, content: string): void => writeFileSync(join(root, name), content);
  const reset = (): void => Object.entries(files).forEach(([name, content]) => write(name, content));
  assert.is(isBuilt(root, what), false, 'never built');
  write(what.bearer, `// of ${fingerprint(root, what.from)}\nexport {};\n`);
  assert.is(isBuilt(root, what), true);
  utimesSync(join(root, 'in/a.ts'), 1, 1);
  write('d.json', 'not one of them');
  assert.is(isBuilt(root, what), true, 'touched');
  for (const name of Object.keys(files)) {
    write(name, 'x'); // as long as before
    assert.is(isBuilt(root, what), false, `${name} changed`);
    rmSync(join(root, name));
    assert.is(isBuilt(root, what), false, `${name} went`);
    reset();
    assert.is(isBuilt(root, what), true, 'as before');
  }
  write('in/new.ts', '');
  assert.is(isBuilt(root, what), false, 'a file came');
});

test('another name is a change, and so is text that moves from one file to the next', () => {
  const of = (files: Record<string, string>): string => fingerprint(temporaryFolder(files), ['in']);
  const before = of({ 'in/a': 'xy', 'in/b': 'z' });
  assert.is(of({ 'in/a': 'xy', 'in/b': 'z' }), before);
  assert.is.not(of({ 'in/a': 'xy', 'in/c': 'z' }), before);
  assert.is.not(of({ 'in/a': 'x', 'in/b': 'yz' }), before);
  assert.is.not(of({ 'in/a': 'xyin/b\nz' }), before);
});

test('what was compiled from sources that are gone goes too, and nothing else', () => {
  const outputs = (name: string): string[] => [`${name}.js`, `${name}.js.map`, `${name}.d.ts`];
  const compiled = ['a', 'gone', 'deep/b', 'deep/gone', 'away/c'].flatMap(outputs);
  const names = ['.built', '.tsbuildinfo', ...compiled].map((name) => [`dist/${name}`, '']);
  const root = temporaryFolder({ 'src/a.ts': '', 'src/deep/b.ts': '', ...(Object.fromEntries(names) as object) });
  removeStaleOutputs(join(root, 'dist'), join(root, 'src'));
  const left = readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  assert.equal(left.toSorted(), ['.built', '.tsbuildinfo', ...outputs('a'), ...outputs('b')].toSorted());
});

test('a Node that is too old is refused with what to do', () => {
  for (const version of ['20.19.0', '20.20.2', '21.0.0', '26.9.0']) assert.is(faultOfNode(version), undefined, version);
  for (const version of ['20.18.3', '18.20.0'])
    assert.match(faultOfNode(version) ?? '', /^Bertrand needs Node 20.19 or later; this is \d.*nodejs.org\.$/);
});

test('where all is ready, set-up does nothing and says nothing', () => {
  const setup = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [setup, '--no-dist'], { encoding: 'utf8' });
  assert.equal({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});

test.run();
