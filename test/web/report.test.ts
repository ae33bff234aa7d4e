import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportPage } from '../../src/cli/report/reportPage.ts';
import { openChromium } from '../browser/chromium.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { recordOf } from '../train/report/recordSample.ts';

const browser = await openChromium();

if (browser) {
  const file = join(temporaryFolder(), 'report.html');
  const record = recordOf(300);
  const runs = ['<b>one</b>', 'two'].map((name) => ({ name, group: name, record }));
  writeFileSync(file, reportPage(runs, 'two runs'));

  test.after(() => browser.close());
  const newPage = browser.newPage.bind(browser);

  /** The report from the disk, as a person opens it; whatever goes wrong in it or is asked of the network is noted. */
  async function open(size: { width: number; height: number }): Promise<{ page: Page; noted: string[] }> {
    const page = await newPage({ viewport: size });
    const noted: string[] = [];
    page.on('pageerror', ({ message }) => noted.push(message));
    page.on('console', (message) => noted.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) noted.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, noted };
  }

  test('a report draws its curves under its own policy, without the network', async () => {
    const { page, noted } = await open({ width: 1280, height: 900 });
    assert.is(await page.locator('#loss canvas').count(), 1);
    const shown = await page.locator('section.panel:visible h2').allTextContents();
    assert.equal(shown.filter((title) => title !== 'At a glance'), ['What to look at', 'Loss', 'Accuracy', 'Gradient norm', 'Learning rate', 'Speed', 'Time of a step']); // prettier-ignore
    const inked = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#loss canvas');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return pixels.filter((value, i) => i % 4 === 3 && value > 0).length;
    });
    assert.ok(inked > 1000, `${inked} pixels`);
    assert.equal(noted, []);
    await page.close();
  });

  test('it can be read by keyboard, by table and over each axis; runs can be left out', async () => {
    const { page, noted } = await open({ width: 400, height: 800 });
    const plot = page.locator('#loss .plot');
    assert.match(
      (await plot.getAttribute('aria-label')) ?? '',
      /Loss by step\. <b>one<\/b> validation: 7\.99 at first, 7\.62 at last/,
    );
    await plot.focus();
    await page.keyboard.press('Home');
    for (let presses = 0; presses < 5; presses++) await page.keyboard.press('ArrowRight');
    assert.match(
      (await page.locator('#status').textContent()) ?? '',
      /At step \d+:.*<b>one<\/b> training 7\.\d\d.*two validation 7\.\d\d/,
    );
    await page.getByRole('button', { name: 'Minutes' }).click();
    assert.match((await plot.getAttribute('aria-label')) ?? '', /Loss by minutes/);
    await page.locator('#loss summary').click();
    await page.locator('#loss tbody tr').first().waitFor(); // a toggle is told a moment later
    assert.is(await page.locator('#loss tbody tr').count(), 21);
    await page.getByLabel('two', { exact: true }).uncheck();
    assert.is(await page.locator('#loss thead th').count(), 3);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 400, `${wide} pixels wide`);
    assert.equal(noted, []);
    await page.close();
  });
}

test.run();
