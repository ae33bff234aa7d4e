import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readText } from '../../src/data/readText.node.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { rejects } from './rejects.ts';

const folder = temporaryFolder({ 'text.txt': 'text\n' });

test('a file is read', () => {
  assert.is(readText(join(folder, 'text.txt')), 'text\n');
});

test('a pipe, a link to a device, a folder and nothing are refused, each for what it is', async () => {
  spawnSync('mkfifo', [join(folder, 'pipe')]);
  symlinkSync('/dev/zero', join(folder, 'zero'));
  await rejects(() => readText(join(folder, 'pipe')), /pipe: it is a device or a pipe, not a file$/);
  await rejects(() => readText(join(folder, 'zero')), /zero: it is a device or a pipe, not a file$/);
  await rejects(() => readText(folder), /: it is a folder$/);
  await rejects(() => readText(join(folder, 'nothing')), /nothing: ENOENT/);
});

test.run();
