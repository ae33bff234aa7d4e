import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGradients } from '../../src/autograd/check/gradcheck.ts';
import { opChecks } from '../../src/autograd/check/opChecks.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const reference = openReference();
/** Files and folders in `ops` that are not ops, and attentionOfFew, which is only for passes without gradients (fusing.test.ts). */
const NO_OPS = new Set(
  'arithmetic matrices fused heads dropoutMask broadcast signedSum queries fusions patterns attentionOfFew'.split(' '),
);

for (const check of opChecks.flatMap(({ onTape, ...row }) => [row, onTape]))
  test(`${check.name}: backward agrees with central differences`, async () => {
    const { error, message } = await checkGradients(check, reference);
    assert.ok(error <= 1, message);
    assert.ok(error > 0, 'nothing was compared');
  });

test('every op has a row in the table', () => {
  const files = readdirSync(new URL('../../src/autograd/ops/', import.meta.url), { recursive: true })
    .map((file) => basename(String(file), '.ts'))
    .filter((file) => !NO_OPS.has(file));
  const covered = new Set(opChecks.map(({ name }) => name.split(' ')[0]));
  assert.equal(
    files.filter((file) => !covered.has(file)),
    [],
  );
});

test.run();
