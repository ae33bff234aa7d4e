import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, siteFor } from './page.ts';

const browser = await openChromium();

/** Bytes of gzip. */
const MOST = 150_000;

if (browser) {
  const site = await siteFor(browser);

  test('150 kB and the page is ready, with every device offered; if the rest cannot be fetched, a press says so', async () => {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    await context.route('**/assets/engine/pageEngine-*', (route) => route.abort());
    const visit = await Visit.open(context, site);
    const { page } = visit;
    await page.locator('#plan', { hasText: /numbers to learn.*about/ }).waitFor(); // how long: the processor was measured
    assert.is(await page.locator('.radios small', { hasText: 'Looking' }).count(), 0);
    const files = [...new Set(site.requested.map((path) => path.slice(1) || 'index.html'))];
    for (const device of ['cpu', 'webgpu'])
      assert.ok(files.some((name) => name.startsWith(`assets/engine/${device}-`)));
    const sizes = files
      .filter((name) => !name.startsWith('favicon'))
      .map((name) => [name, gzipSync(readFileSync(join(site.folder, name))).length] as const);
    const bytes = sizes.reduce((sum, [, size]) => sum + size, 0);
    assert.ok(bytes < MOST, `${bytes} bytes: ${sizes.join(' ')}`);

    await page.locator('#start').click();
    await page.locator('#alert', { hasText: 'a part of the page cannot be fetched' }).waitFor();
    assert.is(await visit.reach('idle'), 'idle');
    await page.locator('#set-up > summary').click();
    await page.getByLabel('Steps', { exact: true }).fill('200');
    await page.getByLabel('Steps', { exact: true }).blur();
    await page.locator('#alert', { hasText: 'The set-up cannot be checked' }).waitFor();
    assert.equal(visit.errors, []);
    await visit.close();
  });
}

test.run();
