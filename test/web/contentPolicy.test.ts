import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { Visit, serveSite } from './page.ts';

const browser = await openChromium();

/** Ways to send something from a page and from a worker, as a script that calls the server `there` by the name of each. */
const anywhere = `
  fetch(there + 'fetch', { mode: 'no-cors' }).catch(() => {});
  fetch(there + 'post', { method: 'POST', body: 'secret' }).catch(() => {});
  try { new WebSocket(there.replace('http', 'ws') + 'socket'); } catch {}
  new EventSource(there + 'events');
  try { const request = new XMLHttpRequest(); request.open('GET', there + 'request'); request.send(); } catch {}
  import(there + 'module.js').catch(() => {});
`;
const inPages = `
  new Image().src = there + 'image';
  navigator.sendBeacon(there + 'beacon', 'secret');
  for (const [tag, of] of [
    ['link', { rel: 'stylesheet', href: there + 'style' }],
    ['script', { src: there + 'script' }],
    ['iframe', { src: there + 'frame' }],
    ['video', { src: there + 'video' }],
    ['object', { data: there + 'object' }],
  ]) document.body.append(Object.assign(document.createElement(tag), of));
  const frame = document.body.appendChild(Object.assign(document.createElement('iframe'), { name: 'away' }));
  const form = document.createElement('form');
  document.body.append(Object.assign(form, { action: there + 'form', target: 'away' }));
  form.submit();
`;
const inWorkers = `try { importScripts(there + 'import.js'); } catch {}`;
const ofAll = ['fetch', 'post', 'socket', 'events', 'request', 'module.js'];
const ofPages = ['image', 'beacon', 'style', 'script', 'frame', 'video', 'object', 'form'];

/** Runs a script in a worker of a worker, as the cpu device's threads are started. */
const nested = (script: string): string =>
  `void new Worker(URL.createObjectURL(new Blob([${JSON.stringify(script)}], { type: 'text/javascript' })))`;
const block = (address: string, ...scripts: string[]): string =>
  `{ const there = ${JSON.stringify(address)}; ${scripts.join('\n')} }`;

async function serve(listener: RequestListener): Promise<{ url: string; server: ReturnType<typeof createServer> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error(`the server has the address ${address}`);
  return { url: `http://127.0.0.1:${address.port}/`, server };
}

if (browser) {
  const site = await serveSite();
  const reached = new Set<string>();
  const other = await serve(({ url }, response) => {
    reached.add(url ?? '');
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' });
    response.end();
  });
  other.server.on('upgrade', ({ url }, socket) => {
    reached.add(url ?? '');
    socket.destroy();
  });
  const plain = await serve((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>no policy</title><link rel="icon" href="data:,">');
  });

  test.after(async () => {
    await browser.close();
    await site.close();
    for (const { server } of [other, plain]) server.close();
  });

  /** The calls that arrive, of those that come from a place. */
  async function arrived(from: string, enough: number): Promise<string[]> {
    const calls = (): string[] =>
      [...reached]
        .filter((url) => url.startsWith(`/${from}/`))
        .map((url) => url.slice(from.length + 2).replace('?', ''));
    for (let waits = 0; waits < 100 && calls().length < enough; waits++) await pause(50);
    return calls().toSorted();
  }

  test('without the policy every way of sending arrives, from pages and workers', async () => {
    const page = await browser.newPage();
    await page.goto(plain.url);
    await page.evaluate(block(`${other.url}page/`, anywhere, inPages));
    await page.evaluate(nested(block(`${other.url}worker/`, anywhere, inWorkers)));
    const pages = [...ofAll, ...ofPages];
    assert.equal(await arrived('page', pages.length), pages.toSorted());
    const workers = [...ofAll, 'import.js'];
    assert.equal(await arrived('worker', workers.length), workers.toSorted());
    await page.close();
  });

  test('the page, its engine and workers of it can send nothing to another origin', async () => {
    const visit = await Visit.open(browser, site);
    const { page } = visit;
    await page.locator('#set-up-summary', { hasText: 'Processor' }).waitFor(); // the engine answers
    const [engine] = page.workers();
    await page.evaluate(block(`${other.url}built/`, anywhere, inPages));
    await engine.evaluate(block(`${other.url}engine/`, anywhere));
    await engine.evaluate(nested(block(`${other.url}thread/`, anywhere, inWorkers)));
    await pause(3000);
    for (const from of ['built', 'engine', 'thread']) assert.equal(await arrived(from, 0), [], from);
    await visit.close();
  });

  test('the page starts no worker from an address, which the policy would not bind, and runs no text as code', async () => {
    const visit = await Visit.open(browser, site);
    /** Which directive refuses what the script does, if one does within a second. */
    const refused = (script: string): Promise<string> =>
      visit.page.evaluate(`new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
        setTimeout(resolve, 1000, 'nothing');
        try { ${script} } catch {} // some browsers throw, others send an event
      })`);
    assert.is(await refused(`new Worker(document.querySelector('script').src, { type: 'module' })`), 'worker-src');
    assert.is(await refused(`document.body.insertAdjacentHTML('beforeend', '<p onclick="1"></p>')`), 'script-src-attr');
    assert.is(
      await refused(`document.body.insertAdjacentHTML('beforeend', '<style>p { color: red }</style>')`),
      'style-src-elem',
    );
    assert.is(
      await refused(`document.body.append(Object.assign(document.createElement('script'), { text: '1' }))`),
      'script-src-elem',
    );
    assert.is(await refused(`setTimeout("1")`), 'script-src');
    await visit.close();
  });
}

test.run();
