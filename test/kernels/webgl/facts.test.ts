import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../../src/error.ts';
import { openDevice, probeDevices } from '../../../src/kernels/choose.ts';
import { openWebGl } from '../../../src/kernels/webgl/index.ts';
import { loadGpuJs } from '../../../src/kernels/webgl/engine/library.ts';
import { LONGEST_LOOP } from '../../../src/kernels/webgl/engine/glProgram.ts';
import { plainEngine } from '../../../src/kernels/webgl/engine/plainEngine.ts';

/** Facts about gpu.js that the device relies on, tested to notice a version in which they change. */
const library = await loadGpuJs();
const { GPU, input } = library;
const headless = library.HeadlessGLKernel.isSupported;

const sumOfRow = `function (x, columns) {
  let total = 0;
  for (let c = 0; c < columns; c++) { total += x[c]; }
  return total;
}`;
const settings = { argumentTypes: ['Input', 'Integer'], output: [1], precision: 'single' };
const ones = input(new Float32Array(3000).fill(1), [3000]);

test('gpu.js ends loops after 1000 rounds unless given a limit', async () => {
  const gpu = new GPU({ mode: 'cpu' });
  assert.equal(Array.from(gpu.createKernel(sumOfRow, settings)(ones, 3000) as Float32Array), [1000]);
  const unlimited = gpu.createKernel(sumOfRow, { ...settings, loopMaxIterations: LONGEST_LOOP });
  assert.equal(Array.from(unlimited(ones, 3000) as Float32Array), [3000]);
  await gpu.destroy();
});

test('without GL, gpu.js in GPU mode silently uses its WebAssembly', async () => {
  if (headless) return;
  const gpu = new GPU({ mode: 'gpu' });
  assert.instance(gpu.createKernel(sumOfRow, settings).kernel, library.WebAssemblyKernel);
  await gpu.destroy();
});

test('a program that gpu.js would run in a mode other than the requested one is refused', () => {
  class GPUThatFallsBack extends GPU {
    constructor() {
      super({ mode: 'cpu' });
    }
  }
  const engine = plainEngine('webasm', { ...library, GPU: GPUThatFallsBack });
  const run = engine.program({ name: 'zero', parameters: {}, body: 'return 0;' });
  assert.throws(() => run(engine.allocate(1), [1], {}), /kernel zero in a mode other than/);
});

test('--device webgl says which mode it uses, and refuses a mode that is missing by name', async () => {
  const device = await openDevice('webgl');
  assert.match(
    device.description,
    headless ? /gpu.js headlessgl mode/ : /gpu.js webasm mode on the processor, because there is no GL/,
  );
  await device.close();
  for (const mode of ['webgl2', 'webgl', ...(headless ? [] : (['headlessgl'] as const))] as const)
    try {
      await openWebGl({ mode });
      assert.unreachable(mode);
    } catch (error) {
      assert.instance(error, BertrandError);
      assert.match((error as Error).message, mode === 'headlessgl' ? /docs\/webgl.md/ : /webgl2? is not available/);
    }
});

test('auto never chooses webgl', async () => {
  const report = (await probeDevices()).find(({ name }) => name === 'webgl');
  assert.ok(report?.available && !report.automatic);
});

test('integers that float32 cannot hold are refused', async () => {
  const device = await openWebGl();
  assert.throws(() => device.upload('i32', [1, 2 ** 24 + 1]), /16777217 exceeds 2\^24/);
  await device.close();
});

test.run();
