/** Runs the tests (or those whose path matches the arguments) and ends with the line `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup/setUp.mjs';

setUp({ dist: false }); // tests run src

const [pattern = ''] = process.argv.slice(2);
const colour = process.stdout.isTTY;
const cwd = fileURLToPath(new URL('..', import.meta.url));
const args = [
  '--import',
  'tsx',
  'node_modules/uvu/bin.js',
  ...(colour ? [] : ['--no-color']),
  'test',
  `(?:${pattern}).*\\.test\\.ts$`,
];
const child = spawn(process.execPath, args, {
  cwd,
  stdio: ['inherit', 'pipe', 'inherit'],
  env: { ...process.env, [colour ? 'FORCE_COLOR' : 'NO_COLOR']: '1' },
});

let output = '';
child.stdout.setEncoding('utf8').on('data', (text) => {
  output += text;
  process.stdout.write(text);
});
child.on('close', (code) => {
  // eslint-disable-next-line no-control-regex -- colours come as escape sequences
  const count = (name) => Number(output.replace(/\u001b\[\d+m/g, '').match(new RegExp(`${name}:\\s+(\\d+)`))?.[1] ?? 0);
  const [total, passed, skipped] = ['Total', 'Passed', 'Skipped'].map(count);
  const failed = total === 0 || (code !== 0 && total === passed) ? total - passed + 1 : total - passed;
  console.log(`${passed} passed, ${failed + skipped} failed`);
  process.exitCode = failed + skipped === 0 ? 0 : 1;
});
