/**
 * How steadily the page draws while it trains its default on the processor: node --import tsx scripts/bench-frames.ts [SECONDS] [THREADS ...]
 * Prints the share of frames that took over 100 ms and the tokens a second, for each number of threads in turn, twice.
 */
import { openChromium } from '../test/browser/chromium.ts';
import { Visit, serveSite } from '../test/web/page.ts';

const [seconds = 20, ...threads] = process.argv.slice(2).map((text) => (text === 'auto' ? text : Number(text)));
const browser = await openChromium();
if (!browser) throw new Error('there is no Chromium');
const site = await serveSite();

for (let round = 0; round < 2; round++)
  for (const many of threads.length > 0 ? threads : ['auto']) {
    const visit = await Visit.blank(browser);
    const { page } = visit;
    await page.goto(`${site.url}#device="cpu"&cpu.threads=${JSON.stringify(many)}`);
    await page.locator('#start').click();
    await visit.step(20);
    const gaps = await page.evaluate<number[]>(`new Promise((resolve) => {
      const gaps = [];
      let last;
      requestAnimationFrame(function frame(now) {
        if (last) gaps.push(now - last);
        last = now;
        if (gaps.reduce((sum, gap) => sum + gap, 0) > ${1000 * Number(seconds)}) resolve(gaps);
        else requestAnimationFrame(frame);
      });
    })`);
    const late = gaps.filter((gap) => gap > 100);
    const speed = await page.locator('#learning dl div', { hasText: 'Tokens/s' }).innerText();
    console.log(
      `threads ${many}: ${late.length} of ${gaps.length} frames over 100 ms (${((100 * late.length) / gaps.length).toFixed(1)} %), the longest ${Math.max(...gaps).toFixed(0)} ms; ${speed.replace('\n', ' ')}`,
    );
    await visit.close();
  }
await browser.close();
await site.close();
