import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run, tools } from './project.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('every public name and every member has a docstring', async () => {
  const folder = await tools('typedoc@0.28.20', 'typescript@5.9.3');
  const log = await run(
    root,
    process.execPath,
    join(folder, 'node_modules/typedoc/bin/typedoc'),
    '--out',
    temporaryFolder(),
  );
  assert.match(log, /html generated/);
  // a config's keys are documented in its table, and in docs/usage.md
  const missing = log
    .split('\n')
    .filter((line) => /does not have any documentation/.test(line) && !/__type/.test(line));
  assert.equal(missing, []);
});

test.run();
