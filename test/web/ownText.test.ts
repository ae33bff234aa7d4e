import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, config, siteFor } from './page.ts';

const browser = await openChromium();

if (browser) {
  const site = await siteFor(browser);

  test('one’s own text: counted as it comes, binary files refused, files taken off, the start beside it; a few hidden words say how many', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    const panel = page.locator('#own-text');
    await page.locator('#own').click();
    await page.getByLabel('Your text').fill('the king rules over land '.repeat(100));
    await panel.getByText('500 words: enough for a first look; 50,000 learn well.').waitFor();
    await page.evaluate(() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File([Uint8Array.of(0x89, 0x50, 0, 1)], 'photo.png'));
      dropped.items.add(new File(['birds sing in old trees '.repeat(100)], 'birds.txt'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, cancelable: true }));
    });
    await panel.getByRole('alert').getByText('Not taken: photo.png: binary').waitFor();
    await panel.getByText('1,000 words').waitFor();
    await page.getByLabel('Your text').pressSequentially(' ');
    await page.waitForTimeout(400); // what is typed is counted again, and the refusal stays
    assert.ok(await panel.getByText('Not taken: photo.png: binary').isVisible());
    assert.equal(await panel.locator('.parts b').allInnerTexts(), ['birds.txt']);
    await panel.getByLabel('Take birds.txt off').click();
    await panel.getByText('500 words').waitFor();
    await page.locator('#set-up > summary').click();
    await page
      .locator('#yaml')
      .fill(config('cpu', { steps: '10' }).replace('blank-line', 'file').replace('0.1', '0.3'));
    await page.locator('#set-up-summary', { hasText: '16 wide' }).waitFor();
    await page.locator('#own-start').click();
    assert.is(await visit.reach('finished', 'idle'), 'finished', await page.locator('#alert').innerText());
    assert.match(await page.locator('#learning .numbers').innerText(), /Guessed right\s+\d+ of \d+/);
    assert.match(await page.locator('#learning .verdict').innerText(), /Measured on \d+ hidden words only/);
    assert.equal(visit.errors, []);
    await visit.close();
  });

  test('ten megabytes that are pasted do not slow the page: they become a file, and a key takes no time by their length', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await page.locator('#own').click();
    const slowest = await page.evaluate(async () => {
      const field = document.querySelector<HTMLTextAreaElement>('#own-text textarea')!;
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'the king rules over land '.repeat(400_000));
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      const keys: number[] = [];
      for (let i = 0; i < 5; i++) {
        const begin = performance.now();
        field.setRangeText('a', i, i, 'end');
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        keys.push(performance.now() - begin);
      }
      return Math.min(...keys);
    });
    assert.ok(slowest < 20, `a key took ${slowest} ms`);
    await page.locator('#own-text').getByText('2,000,001 words: enough to learn well.').waitFor();
    assert.is(await page.getByLabel('Your text').inputValue(), 'aaaaa');
    await visit.close();
  });
}

test.run();
