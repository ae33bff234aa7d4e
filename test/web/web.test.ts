import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { bertrand } from '../cli/commandLine.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { Visit, config, linesOf, serveSite, siteFor, textOf } from './page.ts';
import type { Line } from './page.ts';

const browser = await openChromium();

if (browser) {
  const site = await siteFor(browser);

  /** The losses of training, by step. */
  const losses = (lines: readonly Line[]): [number, number][] =>
    lines.filter(({ event }) => event === 'train').map(({ step, loss }) => [step, loss]);

  /** Of 30 steps on cpu. */
  let whole: [number, number][] = [];

  function expectLearning(lines: readonly Line[], steps: number): void {
    const all = losses(lines).slice(0, steps);
    assert.equal(
      all.map(([step]) => step),
      Array.from({ length: steps }, (_, i) => i + 1),
    );
    const mean = (part: typeof all): number => part.reduce((sum, [, loss]) => sum + loss, 0) / part.length;
    const [first, last] = [mean(all.slice(0, 3)), mean(all.slice(-3))];
    assert.ok(last < first - 0.25, `from ${first} to ${last}`);
    if (whole.length === 0) whole = all;
    for (const [i, [step, loss]] of all.entries())
      assert.ok(Math.abs(loss - whole[i][1]) < 1e-3, `step ${step}: ${loss}, on cpu ${whole[i][1]}`);
  }

  /** Asks for a blank, attention and a box, and waits for the answers. */
  async function lookInside({ page }: Visit): Promise<void> {
    await page.locator('#sentence').fill('the king [MASK] over land');
    await page.locator('.moment h3', { hasText: 'Step 25' }).waitFor();
    assert.is(await page.locator('.moment h3').last().innerText(), 'Untrained');
    assert.is(await page.locator('.moment.now li').count(), 5);
    await page.getByLabel('A sentence to find others like it').fill('the king rules over');
    await page.locator('#similar li').nth(4).waitFor();
    const cosines = (await page.locator('#similar .share').allInnerTexts()).map(Number);
    assert.equal(
      cosines,
      cosines.toSorted((a, b) => b - a),
    );
    assert.ok(cosines[0] <= 1 && cosines[4] > -1, cosines.join());
    await page.getByLabel('A sentence to look at').fill('the king');
    await page.locator('#attention .cells rect').first().waitFor();
    await page.locator('#model [data-path="encoder.TF.0.FFN.LL1"]').click();
    await page.locator('#model .seen', { hasText: 'LL1.weight (24 × 16, learnt)' }).waitFor();
  }

  for (const device of ['cpu', 'webgl'])
    test(`the page trains 30 steps on ${device}: the loss falls, the blank is filled, a box opened`, async () => {
      const visit = await Visit.open(browser, site);
      await visit.train(config(device));
      assert.is(await visit.reach('finished', 'failed'), 'finished', await visit.page.locator('#alert').innerText());
      expectLearning(linesOf(await visit.download()), 30);
      await lookInside(visit);
      assert.equal(visit.errors, []);
      await visit.close();
    });

  test('the page trains 30 steps on webgpu; a lost GPU is reported in words, and training goes on from the last checkpoint', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await visit.train(config('webgpu', { steps: '100000' }));
    await visit.step(31);
    expectLearning(linesOf(await visit.download()), 30);
    await lookInside(visit);

    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.crashGpuProcess' as never).catch(() => {});
    await visit.reach('failed');
    const said = await page.locator('#alert').innerText();
    assert.match(said, /Training stopped/);
    assert.match(said, /The graphics card stopped answering/);
    assert.match(said, /Go on from step \d+/);
    assert.match((await page.locator('#alert details').textContent()) ?? '', /GPU was lost/);
    assert.not.match(said, /--resume/);
    await page.getByText('Go on, on the processor').click();
    await visit.reach('training');
    const begin = Number(/Step ([\d,]+)/.exec(await page.locator('#control').innerText())?.[1]);
    assert.ok(begin >= 30, `went on from step ${begin}`);
    await visit.step(begin + 20);
    assert.equal(visit.errors, []);
    await visit.close();
  });

  test('a run goes browser, command line, browser, with the losses of the uninterrupted one', async () => {
    const settings = { steps: '2000', every: '250' }; // seconds: also on a slow machine it is paused before its end
    const undisturbed = await Visit.open(browser, site);
    await undisturbed.train(config('cpu', settings));
    await undisturbed.reach('finished');
    const whole = losses(linesOf(await undisturbed.download()));
    await undisturbed.close();

    const visit = await Visit.open(browser, site);
    await visit.train(config('cpu', settings));
    await visit.step(5, true);
    assert.is(await visit.reach('paused', 'finished'), 'paused');
    const here = await visit.download();
    const paused = losses(linesOf(here)).length;
    assert.ok(paused >= 5 && paused < 2000, `paused at step ${paused}`);
    assert.equal(losses(linesOf(here)), whole.slice(0, paused));
    await visit.close();

    const folder = temporaryFolder();
    for (const [path, bytes] of Object.entries(here)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const ended = await bertrand(
      folder,
      'pretrain',
      'runs/test/config.yaml',
      '--resume',
      ...['checkpoint.keep=9', 'cpu.products=wasm'].flatMap((setting) => ['--set', setting]),
    );
    assert.is(ended.code, 0, ended.stderr);
    const run = join(folder, 'runs/test');
    const metrics = readFileSync(join(run, 'metrics.jsonl'), 'utf8');
    assert.equal(losses(linesOf({ 'metrics.jsonl': new TextEncoder().encode(metrics) })), whole);
    for (const command of ['evaluate', 'fill-mask']) {
      const asked = await bertrand(
        folder,
        command,
        'runs/test',
        ...(command === 'evaluate' ? [] : ['the king [MASK] over']),
      );
      assert.is(asked.code, 0, asked.stderr);
    }

    rmSync(join(run, 'checkpoints/step-00002000'), { recursive: true });
    const back = await Visit.open(browser, site);
    const paths = readdirSync(run, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const zip = zipSync(Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)])));
    const [chooser] = await Promise.all([back.page.waitForEvent('filechooser'), back.page.locator('#open').click()]);
    await chooser.setFiles({ name: 'test.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) });
    await back.reach('paused');
    assert.match(await back.page.locator('#control').innerText(), /Step 1,750 of 2,000/);
    await back.page.locator('#control .main').click();
    await back.reach('finished');
    const lines = linesOf(await back.download());
    assert.equal(losses(lines), whole);
    await back.close();
  });

  test('a run is kept across reloads, and is removed when asked', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await visit.train(config('cpu'));
    await visit.reach('finished');
    await page.reload();
    await page.getByLabel('Open test').click();
    await visit.reach('finished');
    assert.match(await page.locator('#control').innerText(), /Step 30 of 30/);
    assert.equal(losses(linesOf(await visit.download())), whole);
    await page.getByLabel('Remove test').click();
    await page.getByText('Really remove?').click();
    await page.getByText('None yet.').waitFor();
    await page.reload();
    await page.getByText('None yet.').waitFor();
    await visit.close();
  });

  test('mistakes in the config are reported with line, column and what would be right', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await page.locator('#set-up > summary').click();
    await page.locator('#yaml').fill('seed: 42\ntrain:\n  stepz: 100\n  batchSize: many\n');
    const problems = page.locator('#problems li');
    await problems.first().waitFor();
    assert.equal(await problems.allInnerTexts(), [
      'Line 3, column 3 train.stepz: found the unknown key "stepz"; expected steps, tokens, epochs, minutes, batchSize, accumulate, batchWarmup, precision, recompute, shardOptimizer, clipNorm, optimizer, ema or schedule; rename it to steps',
      'Line 4, column 14 train.batchSize: found the text "many"; expected a whole number from 1 to 65536; change it, or remove it for the default, 32',
    ]);
    await page.locator('#start').click();
    assert.is(await page.evaluate(() => document.documentElement.dataset.phase), 'idle');
    await visit.close();
  });

  test('own text that is not there yet is asked for, not replaced by the sample', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await page.locator('#set-up-summary', { hasText: '128 wide' }).waitFor();
    await page.locator('#own').click();
    await page.locator('#start', { hasText: 'Train on your text' }).click();
    assert.is(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Your text');
    assert.is(await page.evaluate(() => document.documentElement.dataset.phase), 'idle');
    await visit.close();
  });

  test('without the isolation headers it trains on one thread', async () => {
    const plain = await serveSite(false);
    const visit = await Visit.open(browser, plain);
    await visit.train(config('cpu'));
    assert.is(await visit.reach('finished', 'failed'), 'finished');
    assert.match(await visit.page.locator('#control').innerText(), /1 thread/);
    const files = await visit.download();
    assert.equal(losses(linesOf(files)), whole);
    assert.match(textOf(files, 'state.json'), /"browser"/);
    await visit.close();
    await plain.close();
  });
}

test.run();
