import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('peers are not measured while OpenBLAS is kept from its best kernels', () => {
  const environment = { ...process.env, OPENBLAS_CORETYPE: 'Haswell' };
  delete (environment as Record<string, string>)['OPENBLAS_L2_SIZE'];
  const command = ['--import', 'tsx', 'scripts/bench-peers.ts', '--only', 'nobody'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env: environment });
  assert.is(stderr, 'OPENBLAS_CORETYPE keeps OpenBLAS from its best kernels: unset it, since nothing is comparable with it\n'); // prettier-ignore
  assert.equal([status, stdout], [2, '']);
});

test.run();
