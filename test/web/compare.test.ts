import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, config, siteFor } from './page.ts';

const browser = await openChromium();

if (browser) {
  const site = await siteFor(browser);

  /** Pixels of the loss chart that have the colour of a run that lies under another. */
  const drawn = ({ page }: Visit): Promise<number> =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#learning .plot canvas')!;
      const edge = getComputedStyle(document.documentElement).getPropertyValue('--edge').trim().slice(1);
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4)
        if (((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]) === Number.parseInt(edge, 16)) count += 1;
      return count;
    });

  test('a saved run is laid under the present one, named in the legend, and taken away with it', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await visit.train(config('cpu'));
    await visit.reach('finished');
    await page.locator('#control button', { hasText: 'New run' }).click();
    await visit.reach('idle');
    await page.locator('#yaml').fill(config('cpu').replace('4e-2', '1e-3'));
    await page.locator('#start').click();
    await visit.reach('finished');
    assert.is(await drawn(visit), 0);

    const compare = page.getByLabel('Compare test', { exact: true });
    await compare.click();
    const key = page.locator('#learning .legend', { hasText: '“test” on unseen text' });
    await key.waitFor();
    assert.is(await compare.getAttribute('aria-pressed'), 'true');
    const label = await page.locator('#learning .plot').first().getAttribute('aria-label');
    const [, now, other] = /, ([\d.]+) now;.*“test” ended at ([\d.]+)$/.exec(label ?? '') ?? [];
    assert.ok(Number(other) < Number(now) - 0.2, label ?? '');
    const pixels = await drawn(visit);
    assert.ok(pixels > 50, `${pixels} pixels`);

    await compare.click();
    await key.waitFor({ state: 'hidden' });
    await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const run = await (await root.getDirectoryHandle('runs')).getDirectoryHandle('test');
      for await (const name of (run as unknown as { keys(): AsyncIterable<string> }).keys()) {
        if (!name.endsWith('.zip')) continue;
        const file = await (await run.getFileHandle(name)).createWritable();
        await file.write('no zip');
        await file.close();
      }
    });
    await compare.click();
    await page.locator('#alert', { hasText: 'This run cannot be compared' }).waitFor();
    assert.is(await compare.getAttribute('aria-pressed'), 'false');
    assert.is(await key.count(), 0);

    await page.getByLabel('Remove test', { exact: true }).click();
    await page.getByText('Really remove?').click();
    await key.waitFor({ state: 'hidden' });
    assert.is(await drawn(visit), 0);
    assert.equal(visit.errors, []);
    await visit.close();
  });
}

test.run();
