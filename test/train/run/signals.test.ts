import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const module = new URL('../../../src/train/run/signals.node.ts', import.meta.url).href;
/** Says what it sees, and ends with the first signal's exit code a moment after that signal, or never. */
const code = (ends: boolean): string => `
  import { watchSignals } from '${module}';
  const watch = watchSignals(({ name }) => console.log('stopping', name));
  const timer = setInterval(() => {}, 1000);
  console.log('ready');
  if (${ends}) {
    while (!watch.stop) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log('saved');
    watch.close();
    clearInterval(timer);
    process.exitCode = watch.stop.exitCode;
  }`;

/** Sends each signal after so many milliseconds; returns the exit code and what was written. */
async function run(
  ends: boolean,
  signals: readonly (readonly [number, NodeJS.Signals])[],
): Promise<{ exitCode: number; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code(ends)], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  for (const [delay, signal] of signals) {
    await new Promise((resolve) => {
      setTimeout(resolve, delay);
    });
    child.kill(signal);
  }
  const [exitCode] = (await ended) as [number];
  return { exitCode, output };
}

test('the first signal is noted, and the process ends in its own time with the code of the signal', async () => {
  assert.equal(await run(true, [[0, 'SIGINT']]), { exitCode: 130, output: 'ready\nstopping SIGINT\nsaved\n' });
  assert.equal(await run(true, [[0, 'SIGTERM']]), { exitCode: 143, output: 'ready\nstopping SIGTERM\nsaved\n' });
  assert.equal(await run(true, [[0, 'SIGHUP']]), { exitCode: 129, output: 'ready\nstopping SIGHUP\nsaved\n' });
  const { exitCode, output } = await run(true, [[0, 'SIGUSR1']]);
  assert.equal([exitCode, output], [128 + constants.signals.SIGUSR1, 'ready\nstopping SIGUSR1\nsaved\n']);
});

test('a signal that comes twice at once, as through npm, counts once', async () => {
  const twice = [[0, 'SIGINT'], [30, 'SIGINT']] as const; // prettier-ignore
  assert.equal(await run(true, twice), { exitCode: 130, output: 'ready\nstopping SIGINT\nsaved\n' });
});

test('a second signal later ends the process at once', async () => {
  const later = [[0, 'SIGINT'], [1100, 'SIGTERM']] as const; // prettier-ignore
  assert.equal(await run(false, later), { exitCode: 143, output: 'ready\nstopping SIGINT\n' });
});

test('what machines send behind SIGHUP and SIGUSR1 does not keep the run from saving', async () => {
  for (const first of ['SIGHUP', 'SIGUSR1'] as const) {
    const signals = [[0, first], [1100, 'SIGTERM'], [50, 'SIGHUP'], [50, 'SIGINT']] as const; // prettier-ignore
    assert.equal(await run(false, signals), { exitCode: 130, output: `ready\nstopping ${first}\n` });
  }
});

test.run();
