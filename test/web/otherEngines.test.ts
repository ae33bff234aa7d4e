import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Automated } from '../browser/automated/automated.ts';
import { openFirefox } from '../browser/automated/firefox.ts';
import { openWebKit } from '../browser/automated/webKit.ts';
import { openChromium } from '../browser/chromium.ts';
import { AutomatedVisit, DEVICES, lossIn, serveWitnessed } from './automatedVisit.ts';
import { Visit, config, siteFor } from './page.ts';

const chromium = await openChromium();

if (chromium) {
  const built = await siteFor(chromium);
  const site = await serveWitnessed(built);
  test.after(() => site.close());

  /** The loss after 30 steps on the processor, as Chromium shows it. */
  const expected = (async (): Promise<string> => {
    const visit = await Visit.open(chromium, built);
    await visit.train(config('cpu'));
    await visit.reach('finished');
    const loss = lossIn((await visit.page.locator('#learning').textContent()) ?? '');
    await visit.close();
    return loss;
  })();

  async function trains(browser: Automated): Promise<void> {
    const visit = await AutomatedVisit.open(browser, site);
    assert.is(await visit.train(config('cpu')), await expected);
    await visit.until(/test step 30/, '#saved');
    assert.equal(await visit.errors(), []);
  }

  test('Firefox trains on cpu and webgl, and offers the run when it comes back', async () => {
    const firefox = await openFirefox();
    if (!firefox) return;
    try {
      await trains(firefox);
      const again = await AutomatedVisit.open(firefox, site);
      await again.until(/Continue “test”, step 30/, '#continue');
      const devices = await again.text(DEVICES);
      assert.match(devices, /WebGPUMissing: this browser has no WebGPU/);
      assert.match(
        devices,
        /Processor\d+ threads?, WebAssembly SIMD with fused multiply-add( in wide tiles)?$/,
        devices,
      ); // by a race of tiles
      assert.match(await again.train(config('webgl', { steps: '6' })), /^\d\.\d+$/);
      assert.equal(await again.errors(), []);
    } finally {
      await firefox.close();
    }
  });

  test('WebKitGTK trains on cpu, on a system without a language too, and says what it lacks', async () => {
    const webKit = await openWebKit('C.UTF-8');
    if (!webKit) return;
    try {
      await trains(webKit);
      const again = await AutomatedVisit.open(webKit, site);
      await again.until(/Continue “test”, step 30/, '#continue');
      assert.is(await again.goOn(), await expected);
      for (const said of ['Remove', 'Really remove?']) {
        assert.is(await again.text('[aria-label="Remove test"]'), said);
        await again.press('[aria-label="Remove test"]');
      }
      await again.until(/None yet/, '#saved');
      assert.equal(await again.errors(), []);
      const devices = await again.text(DEVICES);
      assert.match(devices, /WebGPUMissing: this browser has no WebGPU/);
      assert.match(devices, /WebGLMissing: this browser has no WebGL in workers/);
      assert.match(devices, /Slower here: one thread, since this browser shares no memory.*; plain SIMD, since/);
    } finally {
      await webKit.close();
    }
  });
}

test.run();
