import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('../../scripts/fuzz.ts', import.meta.url));

test('2000 damaged and hostile files are each taken or refused with one short error, quickly', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, '--count', '2000'], {
    encoding: 'utf8',
  });
  assert.is(status, 0, `${stdout}\n${stderr}`);
  assert.match(stdout, /\n2000 inputs, 0 faults, at most \d+ MB\n$/);
});

test.run();
