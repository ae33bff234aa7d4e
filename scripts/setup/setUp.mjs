import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint, isBuilt } from './built.mjs';
import { isInstalled } from './packages.mjs';
import { removeStaleOutputs } from './staleOutputs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tools = (name) => `node_modules/${name}/package.json`; // says the version

/** The WebAssembly modules of the cpu device. */
export const kernels = {
  bearer: 'src/kernels/cpu/engine/fused.generated.ts',
  from: [
    'src/kernels/cpu/assembly',
    'src/kernels/cpu/jobs',
    'scripts/setup/kernels.mjs',
    'scripts/setup/jobCode.ts',
    tools('assemblyscript'),
    tools('binaryen'),
  ],
};
/** The script and the style of a report's page. */
export const reportPage = {
  bearer: 'src/cli/report/page.generated.ts',
  from: [
    'web/src/report',
    'web/src/view/dom.ts',
    'web/src/view/format.ts',
    'web/src/view/theme.ts',
    'web/src/style/page.css',
    'web/src/style/tokens.css',
    'scripts/setup/reportPage.mjs',
    tools('uplot'),
    tools('vite'),
  ],
};
/** The library for pages without a build; removed with what is stale whenever src is compiled. */
const browserBundle = 'dist/browser/bertrand.js';
const dist = { bearer: 'dist/.built', from: ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'] };

/**
 * Makes a clone ready, with nothing but Node: installs packages, compiles the kernels and, where asked to, src to dist, and what
 * only a package needs; each only when it must be. Says nothing when there is nothing to do. What fails ends the process with a
 * line that says what to do.
 * @param {{ dist: boolean, package?: boolean }} wanted
 */
export function setUp(wanted) {
  const tooOld = faultOfNode(process.versions.node);
  if (tooOld) fail(tooOld);
  if (!isInstalled(readJson('package-lock.json'), readJson('node_modules/.package-lock.json'), process))
    step('Installing packages', 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!isBuilt(root, kernels)) step('Compiling the kernels', process.execPath, ['scripts/setup/kernels.mjs']);
  if (!isBuilt(root, reportPage))
    step('Bundling the page of reports', process.execPath, ['scripts/setup/reportPage.mjs']);
  if (wanted.dist && !isBuilt(root, dist)) compile();
  if (wanted.package && !existsSync(join(root, browserBundle)))
    step('Bundling the library for browsers', process.execPath, ['scripts/setup/browserBundle.mjs']);
}

function compile() {
  const now = fingerprint(root, dist.from);
  step('Compiling src', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  removeStaleOutputs(join(root, 'dist'), join(root, 'src'));
  writeFileSync(join(root, dist.bearer), now);
}

/** @param {string} version */
export function faultOfNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `Bertrand needs Node 20.19 or later; this is ${version}. Get one at nodejs.org.`;
}

/** What npm says of its own insides. */
const TRACE = /^npm error(?: {2,}.*| \}|)\n/gm;

function step(what, command, args) {
  const begin = Date.now();
  process.stderr.write(`${what} ... `);
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell,
    env: { ...process.env, BERTRAND_SETTING_UP: '1' },
  });
  if (error && 'code' in error && error.code === 'ENOENT')
    fail(`failed: ${command} was not found. It comes with Node from nodejs.org; some systems package it by itself.`);
  if (error || status !== 0)
    fail(
      `failed\n${error?.message ?? ''}${stdout}${stderr.replace(TRACE, '')}`.trimEnd(),
      `${what} failed: fix what is reported above, then run the same command again${command === 'npm' ? ' (npm needs the network)' : ''}.`,
    );
  process.stderr.write(`${((Date.now() - begin) / 1000).toFixed(0)} s\n`);
}

function readJson(path) {
  return existsSync(join(root, path)) ? JSON.parse(readFileSync(join(root, path), 'utf8')) : undefined;
}

/** @returns {never} */
function fail(...lines) {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}
