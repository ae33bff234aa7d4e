import { zipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, config, linesOf, siteFor, textOf } from './page.ts';

const browser = await openChromium();

interface Rates {
  readonly event: string;
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly was: number;
  readonly is: number;
}

if (browser) {
  const site = await siteFor(browser);

  test('a learning rate that is changed while it trains counts from the next step on, is kept, and resumes bit for bit', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await visit.train(config('cpu', { steps: '6000', every: '500' }));
    await visit.step(8);
    const rate = page.locator('#control').getByLabel('Learning rate');
    await rate.fill('-1');
    await rate.press('Enter');
    await page.locator('#alert', { hasText: 'found -1; expected a number from 1e-38 to 1e+38' }).waitFor();
    assert.is(await rate.inputValue(), '0.04');
    await rate.fill('0.01');
    await rate.press('Enter');
    await page.locator('#status', { hasText: 'The learning rate is 0.01' }).waitFor({ state: 'attached' });
    assert.ok(await rate.evaluate((input) => document.activeElement === input));
    await visit.reach('training', 'finished');
    const before = Number(/Step ([\d,]+)/.exec(await page.locator('#control').innerText())?.[1]?.replace(',', ''));
    await visit.step(before + 5, true);
    assert.is(await visit.reach('paused', 'finished'), 'paused');
    const paused = await visit.download();
    const lines = linesOf(paused) as unknown as Rates[];
    const change = lines.find(({ event }) => event === 'learning-rate');
    assert.equal([change?.was, change?.is], [4e-2, 1e-2]);
    for (const { step, learningRate } of lines.filter(({ event, step }) => event === 'train' && step > 5))
      assert.is(learningRate, step > Number(change?.step) ? 1e-2 : 4e-2, `step ${step}`);
    assert.match(textOf(paused, 'config.yaml'), /learningRate: 0.01/);

    await page.locator('#control .main').click();
    await visit.reach('finished');
    const losses = (files: Record<string, Uint8Array>): [number, number][] =>
      linesOf(files).flatMap(({ event, step, loss }) => (event === 'train' ? [[step, loss]] : []));
    const whole = losses(await visit.download());
    await visit.close();

    const other = await Visit.open(browser, site);
    const [chooser] = await Promise.all([other.page.waitForEvent('filechooser'), other.page.locator('#open').click()]);
    await chooser.setFiles({ name: 'test.zip', mimeType: 'application/zip', buffer: Buffer.from(zipSync(paused)) });
    await other.reach('paused');
    await other.page.locator('#control .main').click();
    await other.reach('finished');
    assert.is(whole.length, 6000);
    assert.equal(losses(await other.download()), whole);
    assert.equal([...visit.errors, ...other.errors], []);
    await other.close();
  });
}

test.run();
