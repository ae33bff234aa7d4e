import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGradients } from '../../src/autograd/gradcheck.ts';
import { opChecks } from '../../src/autograd/opChecks.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const reference = openReference();

for (const check of opChecks)
  test(`${check.name}: backward agrees with central differences`, async () => {
    const { error, message } = await checkGradients(check, reference);
    assert.ok(error <= 1, message);
    assert.ok(error > 0, 'nothing was compared');
  });

test('every op has a row in the table', () => {
  const files = readdirSync(new URL('../../src/autograd/ops/', import.meta.url)).map((file) => file.replace('.ts', ''));
  const covered = new Set(opChecks.map(({ name }) => name.split(' ')[0]));
  assert.equal(
    files.filter((file) => !covered.has(file)),
    [],
  );
});

test.run();
