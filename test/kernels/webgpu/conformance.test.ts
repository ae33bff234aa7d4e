import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { differences, kernelNames } from '../conformance.ts';
import { openForTests } from './openForTests.ts';

const reference = openReference();
const webgpu = await openForTests();

if (webgpu) {
  for (const kernel of kernelNames)
    test(`webgpu: ${kernel} agrees with reference`, async () => {
      const lines = await differences(kernel, webgpu, reference);
      assert.is(lines.length, 0, lines.join('\n'));
    });

  test.after(() => webgpu.close());
}

test.run();
