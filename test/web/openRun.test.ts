import { zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, config, siteFor, textOf } from './page.ts';

const browser = await openChromium();

if (browser) {
  const site = await siteFor(browser);

  type Files = Record<string, Uint8Array>;

  /** A run's files with one of them rewritten. */
  const changed = (files: Files, name: string, change: (text: string) => string): Files =>
    Object.fromEntries(
      Object.entries(files).map(([path, bytes]) => [
        path,
        path.endsWith(name) ? new TextEncoder().encode(change(new TextDecoder().decode(bytes))) : bytes,
      ]),
    );

  /** Waits for the end of a run, or for words on why there is none. */
  const settled = (page: Page): Promise<unknown> =>
    page.waitForFunction(
      () =>
        document.documentElement.dataset.phase === 'finished' || !document.querySelector('#alert')?.matches('[hidden]'),
    );

  async function openZip({ page }: Visit, files: Files): Promise<void> {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('#open').click()]);
    await chooser.setFiles({ name: 'test.zip', mimeType: 'application/zip', buffer: Buffer.from(zipSync(files)) });
    await settled(page);
  }

  async function expectOpen({ page, errors }: Visit): Promise<void> {
    assert.ok(await page.locator('#alert').isHidden(), await page.locator('#alert').innerText());
    assert.equal(errors, []);
  }

  const visit = await Visit.open(browser, site);
  await visit.train(config('cpu', { steps: '10' }));
  await visit.reach('finished');
  const run = await visit.download();
  await visit.close();

  test('the text’s share of unknown tokens is shown, with a warning from 1 %', async () => {
    const visit = await Visit.open(browser, site);
    const rare = Array.from({ length: 200 }, (_, i) => String.fromCodePoint(0x4e00 + i));
    const words = rare.map((sign, i) => (i % 3 === 0 ? sign : 'the king rules'));
    const yaml = config('cpu', { steps: '10' })
      .replace('vocabSize: 60', 'vocabSize: 60, limitAlphabet: 20')
      .replace('4e-2', '1e-3');
    await visit.train(yaml, words.join(' ').repeat(8).replaceAll('rules the', 'rules\n\nthe'));
    await settled(visit.page);
    await expectOpen(visit);
    const notes = visit.page.locator('#notes');
    assert.match(await notes.innerText(), /^Text: [\d,]+ documents, [\d,]+ tokens, [\d.]+ % of them unknown/);
    assert.match(
      await notes
        .locator('li')
        .allInnerTexts()
        .then((all) => all.join('\n')),
      /[\d.]+ % of the tokens are \[UNK\]/,
    );
    await visit.page.getByText('New run').click();
    await notes.waitFor({ state: 'hidden' });
    await visit.close();
  });

  test('a text that is known but for little gets no warning', async () => {
    const visit = await Visit.open(browser, site);
    await openZip(visit, run);
    await expectOpen(visit);
    assert.match(await visit.page.locator('#notes').innerText(), /none of them unknown/);
    assert.not.match(await visit.page.locator('#notes').innerText(), /are \[UNK\]/);
    await visit.close();
  });

  test('an opened run has the threads of its config, and asks for no library', async () => {
    const visit = await Visit.open(browser, site);
    const own = 'threads: 1\n  products: libopenblas.so.0';
    const files = changed(run, 'config.yaml', (text) => text.replace(/threads: auto.*\n\s+products: auto/, own));
    assert.match(textOf(files, 'config.yaml'), /threads: 1/);
    await openZip(visit, files);
    await expectOpen(visit);
    assert.match(await visit.page.locator('#control').innerText(), /cpu: 1 thread\b/);
    await visit.close();
  });

  test('a new run in f16 is refused where no device computes in it; one that was begun goes on in f32 and says so', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    const half = (text: string): string =>
      text.replace('precision: f32', 'precision: f16').replace('device: cpu', 'device: auto');
    await visit.train(config('auto').replace('train: {', 'train: { precision: f16,'));
    await page.locator('#alert', { hasText: 'no device can be opened in f16' }).waitFor();
    assert.is(await page.evaluate(() => document.documentElement.dataset.phase), 'idle');
    await page.reload();
    await openZip(visit, changed(run, 'config.yaml', half));
    await expectOpen(visit);
    assert.match(await page.locator('#notes').innerText(), /begun in f16 \(train\.precision\) and goes on in f32/);
    await visit.close();
  });

  test('a tokenizer that is damaged or another is named; a config with another model is refused', async () => {
    const cases: [string, (text: string) => string, RegExp][] = [
      ['tokenizer.json', (text) => text.slice(0, 100), /tokenizer\.json: not JSON/],
      ['tokenizer.json', (text) => text.replace('"and"', '"anx"'), /tokenizer\.json: it was changed since step 10/],
      [
        'config.yaml',
        (text) => text.replace('embeddingSize: 16', 'embeddingSize: 60000'),
        /config\.yaml: it was changed since step 10 was saved \(model\.embeddingSize\)/,
      ],
    ];
    for (const [name, change, said] of cases) {
      const visit = await Visit.open(browser, site);
      await openZip(visit, changed(run, name, change));
      await visit.page.locator('#alert', { hasText: said }).waitFor();
      await visit.close();
    }
  });
}

test.run();
