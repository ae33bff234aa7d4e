/**
 * How steadily the page draws while it trains its default on the processor, in a Chromium that has no GPU:
 *
 *     node --import tsx scripts/bench-frames.ts [SECONDS] [THREADS | rest | spin ...] [--swiftshader]
 *
 * For each number of threads in turn, twice: the share of frames that took over 100 ms; the milliseconds of a second
 * that the page's thread and the process that puts frames on the screen were busy, which other work on the machine
 * changes less; and the tokens a second. `rest` is the page before anything trains, `spin` the same beside a worker for
 * each core that only counts: what both show is the browser's and the machine's. With `--swiftshader` the page is drawn
 * as in the tests, by a GPU that the processor imitates.
 */
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../test/browser/chromium.ts';
import { Visit, serveSite } from '../test/web/page.ts';

const words = process.argv.slice(2).filter((word) => word !== '--swiftshader');
const [seconds = '20', ...asked] = words;
const browser = await openChromium(process.argv.includes('--swiftshader'));
if (!browser) throw new Error('there is no Chromium');
const site = await serveSite();

for (let round = 0; round < 2; round++)
  for (const what of asked.length > 0 ? asked : ['auto']) {
    const visit = await Visit.blank(browser);
    const training = await begin(visit, what);
    const busy = await busyIn(browser, visit.page);
    const gaps = await visit.page.evaluate<number[]>(`new Promise((resolve) => {
      const gaps = [];
      const begin = performance.now();
      let last;
      requestAnimationFrame(function frame(now) {
        if (last) gaps.push(now - last);
        last = now;
        if (performance.now() - begin > ${1000 * Number(seconds)}) resolve(gaps);
        else requestAnimationFrame(frame);
      });
    })`);
    const used = await busy();
    const late = gaps.filter((gap) => gap > 100).length;
    const share = ((100 * late) / gaps.length).toFixed(1);
    console.log(
      `${what}: ${late} of ${gaps.length} frames over 100 ms (${share} %), the longest ${Math.max(...gaps).toFixed(0)} ms; ${used}${training ? `; ${await tokensOf(visit.page)}` : ''}`,
    );
    await visit.close();
  }
await browser.close();
await site.close();

/** @returns whether it trains */
async function begin(visit: Visit, what: string): Promise<boolean> {
  const { page } = visit;
  const training = what !== 'rest' && what !== 'spin';
  await page.goto(`${site.url}${training ? `#device="cpu"&cpu.threads=${what === 'auto' ? '"auto"' : what}` : ''}`);
  if (training) {
    await page.locator('#start').click();
    await visit.step(20);
  } else await page.waitForTimeout(26_000); // until the recorded run has been played
  if (what === 'spin')
    await page.evaluate(`for (let i = 0; i < navigator.hardwareConcurrency; i++)
      new Worker(URL.createObjectURL(new Blob(['for (;;);'], { type: 'text/javascript' })))`);
  return training;
}

/** Begins to count; what it returns ends it, and says what was counted. */
async function busyIn(browser: Browser, page: Page): Promise<() => Promise<string>> {
  const whole = await browser.newBrowserCDPSession();
  const own = await page.context().newCDPSession(page);
  await own.send('Performance.enable');
  const now = async () => {
    const { metrics } = await own.send('Performance.getMetrics');
    const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
    return {
      page: metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN,
      screen: processInfo.find(({ type }) => type === 'GPU')?.cpuTime ?? NaN,
      time: performance.now(),
    };
  };
  const before = await now();
  return async () => {
    const after = await now();
    const each = (name: 'page' | 'screen'): string =>
      ((1e6 * (after[name] - before[name])) / (after.time - before.time)).toFixed(0);
    return `of a second, the page’s thread was busy ${each('page')} ms, the screen’s process ${each('screen')} ms`;
  };
}

async function tokensOf(page: Page): Promise<string> {
  const said = await page.locator('#learning dl div', { hasText: 'Tokens/s' }).innerText();
  return said.replace('\n', ' ');
}
