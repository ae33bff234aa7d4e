import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFolders } from '../../src/data/makeFolders.node.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const folder = temporaryFolder({ 'a.txt': '' });

test('folders are made with those above them, and the first that is new is named', () => {
  assert.is(makeFolders(join(folder, 'x/y/z')), join(folder, 'x'));
  assert.ok(statSync(join(folder, 'x/y/z')).isDirectory());
  assert.is(makeFolders(join(folder, 'x/y/w')), join(folder, 'x/y/w'));
  assert.is(makeFolders(join(folder, 'x/y')), undefined);
});

test('a file in the way is an error, and so is a place where the system makes no folders', () => {
  assert.throws(() => makeFolders(join(folder, 'a.txt')), /EEXIST/);
  assert.throws(() => makeFolders(join(folder, 'a.txt/b')), /ENOTDIR/);
  if (existsSync('/proc/self')) assert.throws(() => makeFolders('/proc/nowhere/else'), /ENOENT/); // where mkdir's `recursive` never returns
});

test.run();
