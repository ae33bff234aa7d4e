/**
 * Times products on the webgl device in headless Chromium: in blocks of 2 x 2 with four numbers a texel, compared with one number a
 * thread. `node --import tsx scripts/bench-webgl.ts [webgl2|webgl]`. On SwiftShader unless the browser finds a GPU.
 */
import { callInPage, openChromium } from '../test/browser/chromium.ts';
import { serveProject } from '../test/browser/server.ts';
import type { timeProducts } from './bench-webgl-page.ts';

const [mode = 'webgl2'] = process.argv.slice(2);
const browser = await openChromium();
if (browser) {
  const served = await serveProject(['gpu.js']);
  const page = await browser.newPage();
  await page.goto(served.url);
  const call = callInPage<Awaited<ReturnType<typeof timeProducts>>>;
  const { description, times } = await call(page, 'scripts/bench-webgl-page.ts', 'timeProducts', mode);
  console.log(`${description}; medians of 7`);
  for (const { size, plain, packed } of times)
    console.log(
      `${size} x ${size} x ${size}: ${rate(size, plain)} one number a thread, ${rate(size, packed)} in blocks, ratio ${(plain / packed).toFixed(1)}`,
    );
  await browser.close();
  await served.close();
}

function rate(size: number, milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms (${((2 * size ** 3) / milliseconds / 1e6).toFixed(2)} GFLOP/s)`;
}
