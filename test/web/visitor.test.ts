import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, config, siteFor } from './page.ts';

const browser = await openChromium();

if (browser) {
  const site = await siteFor(browser);

  test('no chunk imports the worker’s entry, which WebKit would then evaluate a second time', () => {
    const assets = join(site.folder, 'assets');
    const scripts = readdirSync(assets, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    const entry = scripts.find((name) => /^worker-.*\.js$/.test(name));
    assert.ok(entry);
    for (const name of scripts.filter((name) => name !== entry)) {
      const imports = readFileSync(join(assets, name), 'utf8').matchAll(/(?:from|import)\s*\(?\s*["'`]([^"'`]+)/g);
      assert.not.ok(
        [...imports].some(([, imported]) => basename(imported) === entry),
        name,
      );
    }
  });

  test('a worker imports only from the folder that the page’s policy names, which Firefox holds it to', () => {
    const parts = join(site.folder, 'assets/engine');
    assert.ok(readdirSync(parts).length > 5);
    for (const name of readdirSync(parts)) {
      const imports = readFileSync(join(parts, name), 'utf8').matchAll(/(?:from|import)\s*["'`](\.{1,2}\/[^"'`]+)/g);
      for (const [, imported] of imports) assert.match(imported, /^\.\/[^/]+$/, name);
    }
  });

  test('a page that cannot start says so, and why', async () => {
    const visit = await Visit.blank(browser);
    await visit.page.addInitScript(`
      const byId = document.getElementById.bind(document);
      document.getElementById = (id) => (id === 'control' ? null : byId(id));`);
    await visit.page.goto(site.url);
    const said = await visit.page.locator('#alert').innerText();
    assert.match(said, /This page cannot start here\s+Error: the page has no #control\s+Another browser/);
    await visit.close();
  });

  test('a button that is pressed before the engine has answered is obeyed once it has', async () => {
    const visit = await Visit.blank(browser);
    const { page } = visit;
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.context().route('**/assets/worker-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(site.url);
    await page.locator('#start').click();
    assert.is(await visit.reach('preparing'), 'preparing');
    release?.();
    await page.locator('#control b', { hasText: /Counting|Building|Encoding/ }).waitFor();
    assert.ok(site.requested.some((path) => path.includes('/serveEngine-')));
    assert.not.ok(
      site.requested.some((path) => path.includes('/gpu-browser-')),
      'gpu.js was fetched without being chosen',
    );
    assert.equal(visit.errors, []);
    await visit.close();
  });

  test('a box never shows another one’s numbers, however quickly they are chosen', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await visit.train(config('cpu'));
    await visit.reach('finished');
    await page.locator('#model').scrollIntoViewIfNeeded();
    const seen = await page.evaluate(async () => {
      const titles: string[] = [];
      const panel = document.querySelector('#model .details')!;
      new MutationObserver(() => {
        const arrays = [...panel.querySelectorAll('.seen h4')].map(({ textContent }) => textContent).join();
        titles.push(`${panel.querySelector('h3')?.textContent}: ${arrays}`);
      }).observe(panel, { childList: true });
      for (const path of ['LN1', 'FFN.LL1', 'LN2', 'FFN.LL1'])
        document.querySelector(`#model [data-path="encoder.TF.0.${path}"]`)!.dispatchEvent(new MouseEvent('click'));
      for (let i = 0; i < 1500 && !titles.at(-1)?.includes('LL1.weight'); i++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return titles;
    });
    for (const title of seen.filter((title) => title.startsWith('LL1'))) assert.not.match(title, /gamma|beta/);
    assert.match(await page.title(), /^Step 30 /);
    await visit.close();
  });

  test('what was left is offered; a run that another tab has open is not removed; a text without a checkpoint is listed', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await visit.train(config('cpu', { steps: '100000', every: '100000', best: 'false' }));
    await visit.step(2);
    const other = await Visit.open(page.context(), site);
    const row = other.page.locator('#saved li', { hasText: 'no checkpoint yet' });
    await row.waitFor();
    await row.getByRole('button').click();
    await row.getByRole('button').click();
    await other.page.locator('#alert', { hasText: 'open in another tab' }).waitFor();
    await visit.step(3, true);
    await visit.reach('paused');
    await page.reload();
    await page.locator('#continue', { hasText: /Continue “test”, step \d+/ }).click();
    await visit.reach('paused');
    const stepNow = async (): Promise<number> =>
      Number(/Step ([\d,]+) of/.exec(await page.locator('#control').innerText())?.[1]?.replace(',', ''));
    const before = await stepNow();
    await page.locator('#control').getByText('One step').click();
    await visit.step(before + 1);
    await visit.reach('paused');
    assert.is(await stepNow(), before + 1);
    await page.locator('#control button', { hasText: 'New run' }).click();
    await visit.reach('idle');
    await page.locator('#saved').getByLabel('Remove test').click();
    await page.locator('#saved').getByLabel('Remove test').click();
    await page.locator('#saved .waiting').waitFor();
    assert.equal([...visit.errors, ...other.errors], []);
    await visit.close();
  });
}

test.run();
