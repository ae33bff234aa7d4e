import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alone } from '../../../src/ranks/communicator.ts';
import { installed, launcherOf } from './launch.ts';
import { trained } from './trained.ts';
import type { Trained } from './trained.ts';

const program = fileURLToPath(new URL('rankOfTrained.ts', import.meta.url));

for (const mpi of installed)
  test(`${mpi}: after 50 steps every parameter is the same on all ranks, and each loss that of one process`, async () => {
    const size = mpi === 'openmpi' ? 4 : 3;
    const [command, ...args] = [
      ...launcherOf(mpi, size),
      process.execPath,
      '--import',
      import.meta.resolve('tsx'),
      program,
    ];
    const { stdout } = await promisify(execFile)(command, args);
    const all = JSON.parse(stdout) as Trained[];
    for (const [i, { rank }] of all.entries()) assert.is(rank, i);
    assert.is(all.length, size);
    const one = await trained(alone, size);
    assert.ok(Object.keys(all[0].hashes).length > 10);
    for (const { hashes, losses } of all) {
      assert.equal(hashes, all[0].hashes);
      assert.is(losses.length, 50);
      for (const [i, loss] of losses.entries())
        assert.ok(
          Math.abs(loss - one.losses[i]) < 1e-4 * loss,
          `step ${i + 1}: ${loss}, one process: ${one.losses[i]}`,
        );
    }
  });

test.run();
