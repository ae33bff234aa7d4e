import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { invocation } from '../../src/cli/arguments/invocation.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

test('commands are printed as they can be typed where they are printed', () => {
  const project = temporaryFolder({ 'node_modules/.bin/bertrand': '', 'deep/er/x': '' });
  assert.is(invocation(join(project, 'deep/er'), undefined), 'npx bertrand');
  const elsewhere = join(temporaryFolder(), 'x');
  mkdirSync(elsewhere);
  assert.is(invocation(elsewhere, undefined), 'bertrand');
  assert.is(invocation(elsewhere, 'npm/11.0.0 node/v20.20.2 linux x64'), 'npx bertrand');
  assert.is(invocation(elsewhere, 'pnpm/10.1.0 npm/? node/v20.20.2 linux x64'), 'pnpm exec bertrand');
  assert.is(invocation(elsewhere, 'bun/1.3.0'), 'bunx bertrand');
});

test.run();
