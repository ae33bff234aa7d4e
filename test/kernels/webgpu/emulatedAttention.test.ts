import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openReference } from '../../../src/kernels/reference/index.ts';
import type { MatrixUnit } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import { differences } from '../conformance.ts';
import { openEmulated } from './openEmulated.ts';
import { canTest } from './openForTests.ts';

const unit: MatrixUnit = { operand: 'f32', m: 16, n: 8, k: 8, subgroup: 32, fixed: false };

if (await canTest()) {
  const reference = openReference();
  const { emulated, matrixShaders } = await openEmulated(unit, []);

  for (const kernel of ['attention', 'attentionBackward', 'attentionAt', 'attentionAtBackward'] as const)
    test(`${kernel} on emulated matrix units agrees with reference`, async () => {
      assert.equal(await differences(kernel, emulated, reference), []);
    });

  test('it was computed by matrices, forward and backward', () => {
    for (const output of ['context', 'dquery', 'dkey'])
      assert.ok(
        matrixShaders.some((code) => code.includes(`read_write> ${output}:`)),
        output,
      );
  });

  test.after(() => emulated.close());
}

test.run();
