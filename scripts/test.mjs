/** Runs the tests (or those whose path matches the argument), a few files at a time, and ends with the line `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup/setUp.mjs';

setUp({ dist: false }); // tests run src

const [pattern = ''] = process.argv.slice(2);
const cwd = fileURLToPath(new URL('..', import.meta.url));
const END = '\u0004'; // as in test/files.mjs
const colour = process.stdout.isTTY;
/** Each process takes a gigabyte and opens the GPU. One more than there are cores: tests of the page mostly wait. */
const PROCESSES = Math.min(availableParallelism() + 1, 4);

/** Those that take longest begin, lest one of them runs alone at the end; then others that compile shaders. */
const LONG = [/\/web\/(web|visitor|learningRate|everyone)\.|webgpu\/conformance/, /\/kernels\//];
const placeOf = (file) => LONG.findIndex((long) => long.test(file)) >>> 0; // -1 becomes the greatest

const chosen = new RegExp(`(?:${pattern}).*\\.test\\.ts$`);
const files = readdirSync(new URL('../test', import.meta.url), { recursive: true })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => chosen.test(file))
  .toSorted((a, b) => placeOf(a) - placeOf(b) || a.localeCompare(b));
let [passed, failed] = [0, 0];
if (files.length === 0) failed = 1;

await Promise.all(Array.from({ length: Math.min(PROCESSES, files.length) }, workThrough));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs files while there are any, in one process, or in another where a file has ended it. */
async function workThrough() {
  while (files.length > 0) await ownProcess();
}

function ownProcess() {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/test/files.mjs'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, [colour ? 'FORCE_COLOR' : 'NO_COLOR']: '1' },
  });
  let [file, output] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    if (!output.includes(END)) return;
    if (file !== '') report(output.replace(END, ''));
    [file, output] = [files.shift(), ''];
    child.send(file ?? '');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      if (file === '') return reject(new Error(`no test could be started (${signal ?? code})`));
      if (file !== undefined) report(`${output}\n${file} ended the process (${signal ?? code})\n`);
      resolve();
    });
  });
}

/** Prints what a file's tests wrote, and counts. */
function report(output) {
  // eslint-disable-next-line no-control-regex -- colours come as escape sequences
  const plain = output.replace(/\u001b\[\d+m/g, '');
  const count = (name) => Number(plain.match(new RegExp(`\\n  ${name}:\\s+(\\d+)`))?.[1] ?? NaN);
  const [total, good, skipped] = ['Total', 'Passed', 'Skipped'].map(count);
  process.stdout.write(output.replace(/\n {2}\S*Total:[^]*$/, ''));
  if (total > 0) [passed, failed] = [passed + good, failed + total - good + skipped];
  else failed++;
}
