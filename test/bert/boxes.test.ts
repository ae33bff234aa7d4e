import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGradients } from '../../src/autograd/check/gradcheck.ts';
import { boxChecks } from '../../src/bert/boxChecks.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const reference = openReference();

for (const check of boxChecks)
  test(`${check.name}: backward agrees with central differences, with dropout on`, async () => {
    const { error, message } = await checkGradients(check, reference);
    assert.ok(error <= 1, `${message} (error ${error})`);
    assert.ok(error > 0, 'nothing was compared');
  });

test('every box has a row in the table', () => {
  const boxes = readdirSync(new URL('../../src/bert/', import.meta.url), { recursive: true })
    .map((file) => basename(String(file)))
    .filter((file) => /^[A-Z]/.test(file));
  const covered = new Set(boxChecks.map(({ name }) => `${name.split(' ')[0]}.ts`));
  assert.equal(
    boxes.filter((file) => !covered.has(file)),
    [],
  );
});

test.run();
