import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundle } from '../../browser/bundle.ts';
import { openChromium } from '../../browser/chromium.ts';
import { serveProject } from '../../browser/server.ts';
import { expectAll } from './expectations.ts';
import type { Call } from './expectations.ts';
import type * as inPage from './inPage.ts';

type Functions = Record<string, (...values: readonly unknown[]) => Promise<unknown>>;

const browser = await openChromium();

if (browser) {
  const served = await serveProject(['gpu.js', 'seedrandom', 'yaml', 'zod', '@huggingface/tokenizers']);
  const page = await browser.newPage();
  await page.goto(served.url);
  // Minified, since gpu.js translates source text: the kernels must survive what a page's bundler does to code.
  await page.addScriptTag({ content: await bundle('test/kernels/webgl/inPage.ts') });
  const call = <N extends keyof typeof inPage>(name: N, ...values: readonly string[]) =>
    page.evaluate(([name, values]) => (globalThis as unknown as { bundle: Functions }).bundle[name](...values), [
      name,
      values,
    ] as const) as ReturnType<(typeof inPage)[N]>;

  for (const mode of ['webgl2', 'webgl'] as const) expectAll(mode, ((name) => call(name, mode)) as Call);

  test('the best mode is WebGL2, and the description says that SwiftShader is not a GPU', async () => {
    assert.match(await call('describeDevice'), /^gpu.js webgl2 mode, .*SwiftShader.*\(on the processor\)$/);
  });

  test('after the first step no texture is created and no program compiled', async () => {
    for (const method of ['createTexture', 'linkProgram']) {
      const calls = await call('callsByStep', method);
      assert.ok(calls[0] > 20, `${method}: ${calls[0]}`);
      assert.is(calls[19], calls[0], `${method}: ${calls.join(' ')}`);
    }
  });

  test('one program serves arrays of any size, in any order', async () => {
    assert.equal(await call('sizesInTurn'), [4, 4, 4, 4, 4]);
  });

  test('a write waits for the kernels before it, and a read does not see those after it', async () => {
    assert.equal(await call('order'), [
      [2, 4, 6],
      [20, 40, 60],
    ]);
  });

  test('indices beyond 2^24, where float32 has gaps, are exact', async () => {
    assert.is(await call('wrongInFarRows'), 0);
  });

  test('an array too large for a texture is refused with its size, the limit and what to change', async () => {
    assert.match(await call('tooLarge'), /array of 2147483648 numbers exceeds the \d+ .*lower train.batchSize/);
  });

  test('a kernel cannot write to an array that it reads', async () => {
    assert.match(await call('aliased'), /kernel add cannot read and write one array/);
  });

  test('GL without float textures is refused with the reason', async () => {
    assert.match(
      await call('refusal', 'webgl2', 'EXT_color_buffer_float'),
      /webgl2 on .*has no float textures \(EXT_color_buffer_float is missing\)/,
    );
    assert.match(await call('refusal', 'webgl', 'OES_texture_float'), /webgl on .*OES_texture_float is missing/);
  });

  test('a crashed GPU gives one clear error, and a new device works', async () => {
    await call('beforeLoss');
    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.crashGpuProcess');
    const [reading, running, after] = await call('afterLoss');
    assert.match(reading, /the GPU was lost.*; open the device again$/);
    assert.match(running, /the GPU was lost.*; open the device again$/);
    assert.match(after, /webgl2/);
  });

  test('training works in a worker, on an OffscreenCanvas', async () => {
    const { found, expected } = (await call('inWorker', '/test/kernels/webgl/inWorker.ts')) as {
      found: number[];
      expected: number[];
    };
    assert.is(found.length, 20);
    for (const [i, loss] of expected.entries()) assert.ok(Math.abs(found[i] - loss) < 1e-5 * loss, `step ${i + 1}`);
  });

  test.after(async () => {
    await browser.close();
    await served.close();
  });
}

test.run();
