import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../src/train/config/resolveConfig.ts';
import { EXAMPLES } from '../../web/src/view/asking/examples.ts';
import type { Recording } from '../../web/src/view/recorded/recording.ts';
import { openChromium } from '../browser/chromium.ts';
import { Visit, config, siteFor } from './page.ts';

const browser = await openChromium();

const fileOf = (path: string): string => readFileSync(new URL(`../../web/${path}`, import.meta.url), 'utf8');
const recording = JSON.parse(fileOf('public/recorded/run.json')) as Recording;

test('the recording is one of the default run and its examples; if not: node --import tsx scripts/record-page.ts', () => {
  const settings = ['out=x', 'device=cpu', 'cpu={}', 'checkpoint={}'];
  const [recorded, ours] = ['public/recorded/config.yaml', 'default.yaml'].map((path) =>
    resolveConfig(fileOf(path), path, settings),
  );
  for (const { data } of [recorded, ours]) Object.assign(data, { cache: '' });
  for (const one of [recorded, ours]) Object.assign(one, { checkpoint: {}, cpu: {} });
  assert.equal(recorded, ours);
  assert.equal(
    recording.examples.map(({ text }) => text),
    EXAMPLES,
  );
});

test('the default run answers what the page asks: the first sentence by step 1600, all of them at its end', () => {
  const words = ['states', 'congress', 'care', 'fellow'];
  const first = (at: (typeof recording.examples)[number]['at'][number] | undefined) => at?.guesses[0].token;
  assert.equal(
    recording.examples.map(({ at }) => first(at.at(-1))),
    words,
  );
  assert.is(first(recording.examples[0].at.find(({ step }) => step === 1600)), words[0]);
});

if (browser) {
  const site = await siteFor(browser);

  test('the first screen lives: a recorded run is played, a trained model answers, and one’s own run takes their place', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    const learning = page.locator('#learning');
    await learning.getByText('A recorded run').waitFor();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.reload();
    const [{ guesses }] = recording.examples[0].at.slice(-1);
    const best = page.locator('.moment.now li').first();
    await best.getByText(guesses[0].token, { exact: true }).waitFor();
    await page.getByLabel('A sentence with [MASK]').fill('the people of the united ___ are free .');
    await page.locator('#fill').getByText('asked the examples only').waitFor();
    await page.getByRole('button', { name: 'Ask a trained one' }).click();
    await best.getByText('states', { exact: true }).waitFor();
    await page.locator('#attention').scrollIntoViewIfNeeded(); // what is out of view is not asked about
    await page.locator('#attention .cells rect').first().waitFor();
    await visit.train(config('cpu'));
    await visit.reach('finished');
    await page.locator('#sentence').fill('the king [MASK] over land');
    assert.ok(await learning.getByText('A recorded run').isHidden());
    assert.match(await page.locator('.moment.now h3').innerText(), /step 30$/);
    assert.equal(visit.errors, []);

    for (const summary of await page.getByText('What am I seeing?').all()) await summary.click();
    assert.is(await page.locator('.why p:visible').count(), 10);
    await page.getByRole('button', { name: 'Train longer' }).click();
    await visit.reach('idle');
    await page.locator('#set-up-summary', { hasText: '60 steps' }).waitFor();
    const licence = await page.request.get(
      await page.getByText('Licence: MIT').evaluate((a: HTMLAnchorElement) => a.href),
    );
    assert.match(await licence.text(), /MIT License/);
    await visit.close();
  });
}

test.run();
