import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const cwd = fileURLToPath(new URL('..', import.meta.url));

test('the regression checks its gradients and fits the curve', async () => {
  const args = ['--import', 'tsx', 'examples/regression.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  const [check, ...steps] = stdout.trim().split('\n');
  assert.is(check, 'every gradient agrees with central differences');
  const errors = steps.map((line) => Number(line.match(/^step \d+: mean squared error (\S+)$/)?.[1]));
  assert.is(errors.length, 6, stdout);
  assert.ok(errors[0] > 0.1 && errors[5] < 1e-4, stdout);
});

test.run();
