import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, config, siteFor } from './page.ts';

const browser = await openChromium();

if (browser) {
  const site = await siteFor(browser);

  test('before the start: what training needs; a mistake is led to; a corpus that a page lacks and a model too large are refused at once', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    const plan = page.locator('#plan');
    const yaml = page.locator('#yaml');
    await plan.getByText(/1\.3 million numbers to learn, [\d.]+ MB of memory, about \d+ (s|min)\.$/).waitFor();

    await page.locator('#set-up > summary').click();
    await yaml.fill(config('cpu').replace('data: {', 'data: { corpus: [my/*.txt],'));
    await page.locator('#problems li', { hasText: 'data.corpus: "my/*.txt" cannot be read by a page' }).waitFor();
    await page.locator('#set-up > summary').click();
    await plan.getByRole('button', { name: 'Show it' }).click();
    assert.equal(
      await yaml.evaluate((area: HTMLTextAreaElement) => [
        document.activeElement === area,
        area.value.slice(area.selectionStart).split(',')[0],
      ]),
      [true, '[my/*.txt]'],
    );
    await page.getByLabel('Your own').check();
    await page.locator('#set-up-summary', { hasText: '16 wide' }).waitFor(); // no mistake any more: it is not used

    await page.getByLabel('The sample').check();
    await yaml.fill(config('cpu').replace('embeddingSize: 16', 'embeddingSize: 16384'));
    await plan.getByText(/It needs [\d.]+ GB of memory, and the processor has [\d.]+ GB for a page/).waitFor();
    await page.locator('#start').click();
    assert.is(await visit.reach('idle'), 'idle');
    assert.is(await page.evaluate(() => document.activeElement?.id), 'size');
    assert.equal(visit.errors, []);
    await visit.close();
  });

  test('a set-up in the address is opened with and checked like any config; the page makes such an address', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await page.goto(`${site.url}#train.steps=123&data.sequenceLength=many&seed.x=1`);
    await page.reload();
    await page.locator('#problems li', { hasText: 'seed.x: found a key below one' }).waitFor();
    await page.goto(`${site.url}#train.steps=123&model.heads=3`);
    await page.reload();
    await page.locator('#problems li', { hasText: 'model.heads: found 3' }).waitFor();
    await page.goto(`${site.url}#train.steps=123`);
    await page.reload();
    await page.locator('#set-up-summary', { hasText: '123 steps' }).waitFor();
    await page.getByLabel('Sequences a step').fill('8');
    await page.getByLabel('Sequences a step').blur();
    await page.locator('#yaml').evaluate(async (area: HTMLTextAreaElement) => {
      while (!area.value.includes('batchSize: 8')) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    await page.getByText('Put this set-up into the address').click();
    await page.waitForURL('**/#train.steps=123&train.batchSize=8');
    assert.equal(visit.errors, []);
    await visit.close();
  });

  test('charts that a lost GPU process has emptied are drawn again', async () => {
    const visit = await Visit.open(browser, site);
    await visit.page.locator('#learning canvas').first().waitFor();
    const drawn = await visit.page.evaluate(async () => {
      const seen: boolean[] = [];
      for (let i = 0; i < 2; i++) {
        const canvas = document.querySelector<HTMLCanvasElement>('#learning canvas')!;
        if (i === 0) canvas.width += 0; // which empties it, as browsers do when they restore it
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        seen.push(data.some((value) => value !== 0));
        canvas.dispatchEvent(new Event('contextrestored'));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return seen;
    });
    assert.equal(drawn, [false, true]);
    await visit.close();
  });
}

test.run();
