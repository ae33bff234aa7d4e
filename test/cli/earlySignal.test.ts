import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const program = `
await import(${JSON.stringify(new URL('../../src/cli/earlySignal.ts', import.meta.url).href)});
setInterval(() => {}, 1e6);
console.log('ready');
`;

test('SIGUSR1 before a run has begun ends it and opens no debugger', async () => {
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program];
  const child = spawn(process.execPath, args, { stdio: 'pipe', timeout: 20_000 });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdout.once('data', () => child.kill('SIGUSR1'));
  const [code] = (await once(child, 'close')) as [number];
  assert.equal([code, said], [128 + constants.signals.SIGUSR1, 'SIGUSR1: ending, with nothing to save\n']);
});

test.run();
