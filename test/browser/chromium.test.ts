import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callInPage, openChromium } from './chromium.ts';
import type { probe } from './probe.ts';
import { serveProject } from './server.ts';

const browser = await openChromium();

if (browser) {
  const served = await serveProject([]);

  test('headless Chromium offers WebGL2 with float textures, WebGPU and shared memory', async () => {
    const page = await browser.newPage();
    await page.goto(served.url);
    const found = await callInPage<Awaited<ReturnType<typeof probe>>>(page, 'test/browser/probe.ts', 'probe');
    assert.match(found.webgl2, /SwiftShader/);
    assert.ok(found.floatTextures);
    if (process.platform === 'linux') assert.match(found.webgpu, /swiftshader/i); // not every Chrome elsewhere has it
    assert.ok(found.isolated);
    await page.close();
  });

  test.after(async () => {
    await browser.close();
    await served.close();
  });
}

test.run();
