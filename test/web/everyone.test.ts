import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, config, siteFor } from './page.ts';

const browser = await openChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

if (browser) {
  const site = await siteFor(browser);

  /** What axe finds wrong with the page as it stands: each rule with the elements that break it. */
  async function violations({ page }: Visit): Promise<string[]> {
    await page.evaluate(axe); // by the debugger, which the page's policy does not bind
    return page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
      interface Violation {
        readonly id: string;
        readonly nodes: readonly { readonly html: string }[];
      }
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
    });
  }

  /** The page as it stands, in both themes: no violations, one heading of the first level, and as wide as the screen. */
  async function expectAccessible(visit: Visit, state: string): Promise<void> {
    const { page } = visit;
    for (const theme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme: theme as 'dark' | 'light' });
      assert.equal(await violations(visit), [], `${state}, ${theme}`);
    }
    assert.is(await page.locator('h1:visible').count(), 1, state);
    const tooWide = await page.evaluate(() =>
      document.documentElement.scrollWidth <= innerWidth
        ? []
        : [...document.querySelectorAll('*')]
            .filter((element) => element.getBoundingClientRect().right > innerWidth)
            .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    );
    assert.equal(tooWide, [], state);
  }

  test('axe finds nothing, there is one h1, and 280 pixels are enough, in every state of a run; what was hidden leaves no focus behind', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await page.setViewportSize({ width: 280, height: 653 });
    await page.locator('#plan', { hasText: 'numbers to learn' }).waitFor();
    await expectAccessible(visit, 'idle');
    await page.locator('#own').click();
    await visit.train(config('cpu', { steps: '100000', every: '100000', best: 'false' }));
    await visit.reach('training');
    const focused = (): Promise<string | undefined> => page.evaluate(() => document.activeElement?.tagName);
    assert.is(await focused(), 'H1');
    await visit.step(12, true);
    await visit.reach('paused');
    await page.locator('#sentence').fill('the king [MASK] over land');
    await page.getByLabel('A sentence to look at').fill('the king');
    await page.locator('.moment.now li').first().waitFor();
    await page.locator('#attention .cells rect').first().waitFor();
    await page.locator('#model [data-path="encoder.TF.0.FFN.LL1"]').click();
    await page.locator('#model .seen', { hasText: 'LL1.weight' }).waitFor();
    await expectAccessible(visit, 'paused');
    await page.locator('#control').getByText('New run').click();
    await visit.reach('idle');
    assert.is(await page.evaluate(() => document.activeElement?.id), 'start');
    await page.locator('#yaml').fill('seed: x');
    await page.locator('#problems li').first().waitFor();
    await expectAccessible(visit, 'with a mistake, own text and set-up open');
    await visit.close();
  });

  test('what parts speak while it trains: one, and that rarely', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const region = (target instanceof Element ? target : target.parentElement)?.closest(
            '[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]',
          );
          if (region && !region.matches('[hidden]') && region.textContent) heard.push(region.textContent);
        }
      }).observe(document.body, { childList: true, characterData: true, subtree: true });
    });
    await visit.train(config('cpu', { steps: '60' }));
    await visit.reach('finished');
    const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
    const reports = heard.filter((text) => text.startsWith('Step '));
    assert.ok(reports.length <= 1, heard.join('\n'));
    assert.ok(heard.length <= 4, heard.join('\n'));
    assert.ok(heard.includes('Training is finished.'), heard.join('\n'));
    await visit.close();
  });

  test('a visited page works without a network, every device that it offers included', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    const installed = (): Promise<boolean> =>
      page.evaluate(() =>
        Promise.race([
          navigator.serviceWorker.ready.then(() => true),
          new Promise<boolean>((resolve) => setTimeout(resolve, 30_000, false)),
        ]),
      );
    if (!(await installed())) {
      await page.reload(); // on a busy machine a file may have failed to come
      assert.ok(await installed(), 'no service worker');
    }
    await page.context().setOffline(true);
    await page.reload();
    assert.ok(await page.evaluate(() => crossOriginIsolated));
    await visit.train(config('cpu', { steps: '10' }));
    assert.is(await visit.reach('finished', 'idle'), 'finished', await page.locator('#alert').innerText());
    assert.equal(visit.errors, []);
    await visit.close();
  });

  test('in forced colours progress and shares are still seen', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await page.emulateMedia({ forcedColors: 'active' });
    await visit.train(config('cpu', { steps: '10' }));
    await visit.reach('finished');
    await page.locator('#sentence').fill('the king [MASK] over land');
    await page.locator('.moment.now li').first().waitFor();
    const bars = await page.evaluate(() =>
      ['.moment.now li', '.control progress'].map((name) => {
        const { backgroundImage, forcedColorAdjust } = getComputedStyle(document.querySelector(name)!);
        return [backgroundImage.includes('gradient'), forcedColorAdjust];
      }),
    );
    assert.equal(bars, [
      [true, 'none'],
      [false, 'none'],
    ]);
    await visit.close();
  });
}

test.run();
