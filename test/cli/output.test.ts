import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { workFolder } from './commandLine.ts';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const folder = workFolder();

/** `bertrand ...`, as a shell's line around `$B` says. */
function shell(line: string): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const B = `"${process.execPath}" --import "${import.meta.resolve('tsx')}" "${cli}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line.replaceAll('$B', B)], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

test('a command whose reader has seen enough ends quietly', () => {
  const { code, stdout, stderr } = shell('set -o pipefail; $B summary config.yaml | head -1');
  assert.is(code, 0, stderr);
  assert.is(stderr, '');
  assert.is(stdout.split('\n').length, 2);
});

if (process.platform === 'linux') {
  test('a command whose output cannot be written says why', () => {
    const { code, stderr } = shell('$B summary config.yaml > /dev/full');
    assert.is(code, 1);
    assert.is(stderr, 'the output cannot be written: the disk is full (ENOSPC)\n');
  });

  test('so does one that prints its help, and a run that has yet to begin', () => {
    for (const line of ['$B --help > /dev/full', '$B pretrain config.yaml --out new > /dev/full']) {
      const { code, stderr } = shell(line);
      assert.is(code, 1);
      assert.is(stderr, 'the output cannot be written: the disk is full (ENOSPC)\n');
    }
    const { stderr } = shell('{ $B pretrain config.yaml --out new; echo "exit $?" >&2; } | true');
    assert.is(stderr, 'the output cannot be written: the reading end is closed (EPIPE)\nexit 1\n');
  });

  test('a run whose output cannot be written saves, and says so', () => {
    const { code, stderr } = shell(
      'set -o pipefail; $B pretrain config.yaml --device cpu --set train.steps=100000 --set checkpoint.every=100000 | grep -m1 ^step',
    );
    assert.is(code, 143, stderr);
    assert.match(stderr, /the output cannot be written: the reading end is closed \(EPIPE\); saving and stopping/);
    const { stdout } = shell('ls run/checkpoints');
    assert.match(stdout, /step-0*\d+/);
  });
}

test.run();
