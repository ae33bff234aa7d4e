import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareWithReference } from '../../../src/autograd/check/compareDevices.ts';
import { opChecks } from '../../../src/autograd/check/opChecks.ts';
import { boxChecks } from '../../../src/bert/boxChecks.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { CpuOptions } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { train } from '../../../src/train/loop.ts';
import { modernBlocks, notes, smallTraining } from '../../train/smallTraining.ts';
import { libraries } from './libraries.ts';
import { amxOptions, nativeOptions } from './native/nativeOptions.ts';

const reference = openReference();
const choices: Record<string, CpuOptions> = {
  'with its own products': { threads: 2, products: 'wasm' },
  ...nativeOptions,
  ...amxOptions,
  ...Object.fromEntries(libraries.map((blas) => [`with ${blas}`, { threads: 2, products: blas }])),
};

/** A device with only the required kernels, so that ops are composed. */
function plain(device: Device): Device {
  return Object.create(device, { has: { value: () => false } }) as Device;
}

async function losses(device: Device, steps: number, model: readonly string[] = ['model.preset=bert']) {
  const seen = notes();
  const settings = ['log.every=1', `train.steps=${steps}`, 'data.masking.choice=exact', ...model];
  await train(await smallTraining(device, settings), 0, seen);
  return seen.losses;
}

for (const [name, options] of Object.entries(nativeOptions))
  test(`cpu ${name}: eight steps with dropout have the losses of WebAssembly, bit for bit`, async () => {
    const [native, wasm] = [await openCpu(options), await openCpu({ threads: 2, products: 'wasm' })];
    assert.equal(await losses(native, 8), await losses(wasm, 8));
    await native.close();
    await wasm.close();
  });

for (const [name, options] of Object.entries(choices)) {
  const device = await openCpu(options);

  for (const check of [...opChecks, ...opChecks.map(({ onTape }) => onTape), ...boxChecks])
    test(`cpu ${name}: ${check.name} and its gradients agree with reference`, async () => {
      const { error, message } = await compareWithReference(check, device, reference);
      assert.ok(error <= 1, message);
    });

  test(`cpu ${name}: fused kernels match composed ones and the reference over 30 steps with dropout`, async () => {
    const fused = await losses(device, 30);
    const composed = await losses(plain(device), 30);
    const defined = await losses(reference, 30);
    assert.is(fused.length, 30);
    for (const [i, loss] of defined.entries())
      for (const found of [fused[i], composed[i]])
        assert.ok(Math.abs(found - loss) < 2e-4 * loss, `step ${i + 1}: ${found}, reference ${loss}`);
  });

  if (name === 'with its own products')
    test('modern: cpu matches the reference over 50 steps, fused kernels and composed', async () => {
      const [fused, composed, defined] = [
        await losses(device, 50, modernBlocks),
        await losses(plain(device), 50, modernBlocks),
        await losses(reference, 50, modernBlocks),
      ];
      assert.ok(defined[49] < 0.85 * defined[0], 'it learns');
      for (const [i, loss] of defined.entries())
        for (const found of [fused[i], composed[i]])
          assert.ok(Math.abs(found - loss) < 2e-4 * loss, `step ${i + 1}: ${found}, reference ${loss}`);
    });

  test(`cpu ${name}: repeating a run gives the same bits`, async () => {
    assert.equal(await losses(device, 8), await losses(device, 8));
  });

  test.after(() => device.close());
}

test.run();
