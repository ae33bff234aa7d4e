import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openReference } from '../../src/kernels/reference/index.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import type { Device } from '../../src/kernels/device.ts';
import { libraries } from './cpu/libraries.ts';
import { amxOptions, nativeOptions } from './cpu/native/nativeOptions.ts';
import { differences, kernelNames } from './conformance.ts';

const reference = openReference();
const cpuWithBlas: Record<string, Device> = {};
for (const blas of libraries) cpuWithBlas[`cpu with ${blas}`] = await openCpu({ threads: 2, products: blas });
const native: Record<string, Device> = {};
for (const [name, options] of Object.entries({ ...nativeOptions, ...amxOptions }))
  native[`cpu ${name}`] = await openCpu({ threads: 2, ...options });
/** Those of webgpu and webgl are tested in their folders. */
const devices = {
  'cpu on one thread': await openCpu({ threads: 1 }),
  'cpu on three threads': await openCpu({ threads: 3 }),
  'cpu in WebAssembly': await openCpu({ threads: 2, products: 'wasm' }),
  'cpu without fused multiply-add': await openCpu({ threads: 2, products: 'wasm', fusedMultiplyAdd: false }),
  ...cpuWithBlas,
  ...native,
};

for (const [name, device] of Object.entries(devices))
  for (const kernel of kernelNames)
    test(`${name}: ${kernel} agrees with reference`, async () => {
      const lines = await differences(kernel, device, reference);
      assert.is(lines.length, 0, lines.join('\n'));
    });

test.after(async () => {
  for (const device of Object.values(devices)) await device.close();
});

test.run();
