import { copyFileSync, createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openChromium } from '../browser/chromium.ts';
import { project, run } from './project.ts';

/** What a page loads for the cpu device, not compressed. gpu.js and WebGPU come when they are asked for. */
const MOST_KILOBYTES = 900;

const page = `
import { AdamW, Bert, dataFromTexts, openDevice, presets, trainStep } from 'bertrand-ml';
const device = await openDevice('cpu');
const data = await dataFromTexts(Array(60).fill('the cat sat on the mat and the dog on the rug'), {
  seed: 1, batchSize: 4, sequenceLength: 16, packing: true, padding: false, textSegment: 0, validation: 0.1,
  tokenizer: { vocabSize: 60, lowercase: true }, validationProbability: 0.15,
  masking: { probability: 0.15, mask: 0.8, random: 0.1, wholeWord: false, choice: 'bernoulli' },
});
const sizes = { layers: 1, embeddingSize: 16, heads: 2, feedForwardSize: 24, maxLength: 16, dropout: 0.1 };
const model = new Bert({ ...presets.diagram, ...sizes, vocabSize: data.tokenizer.vocabSize }).to(device);
const optimizer = new AdamW(device, model.parameters, { betas: [0.9, 0.98], epsilon: 1e-6, weightDecay: 0, clipNorm: 1 });
const losses = [];
for (let step = 1; step <= 5; step++)
  losses.push(await trainStep({ device, model, optimizer }, [await data.train.at(step)], 1, step, 1e-2).loss);
document.title = losses.join();
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = await project(
  { 'page.js': page, 'index.html': '<!doctype html><title>?</title><script type="module" src="./page.js"></script>' },
  'esbuild@0.28.2',
  'vite@8.3.8',
);
const builds: Record<string, () => Promise<unknown>> = {
  async esbuild() {
    const options = ['--bundle', '--minify', '--format=esm', '--target=es2022', '--splitting', '--outdir=esbuild'];
    await run(folder, 'npx', 'esbuild', 'page.js', ...options);
    await run(folder, process.execPath, '-e', "fs.copyFileSync('index.html', 'esbuild/index.html')");
  },
  vite: () => run(folder, 'npx', 'vite', 'build', '--outDir', 'vite', '--base', './', '--logLevel', 'warn'),
};

const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
const server = createServer((request, response) => {
  const path = join(folder, new URL(request.url ?? '/', 'http://localhost').pathname);
  const type = types[path.split('.').at(-1) ?? ''];
  if (type && statSync(path, { throwIfNoEntry: false })?.isFile()) {
    response.setHeader('Content-Type', type);
    createReadStream(path).pipe(response);
  } else response.writeHead(404).end();
}).listen(0, '127.0.0.1');
const browser = await openChromium();

for (const [name, build] of Object.entries(builds))
  test(`a page bundled with ${name} trains, and loads little`, async () => {
    await build();
    if (!browser) return;
    const tab = await browser.newPage();
    const loaded: string[] = [];
    const errors: string[] = [];
    tab.on('pageerror', ({ message }) => errors.push(message));
    tab.on('response', (response) => loaded.push(new URL(response.url()).pathname));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}/index.html`);
    await tab.waitForFunction(() => document.title !== '?', undefined, { timeout: 60_000 }).catch(() => {});
    assert.equal(errors, []);
    const losses = (await tab.title()).split(',').map(Number);
    assert.is(losses.length, 5);
    assert.ok(losses[0] > losses[4] && losses[4] > 1, losses.join());
    const scripts = loaded
      .filter((path) => path.endsWith('.js'))
      .map((path) => readFileSync(join(folder, path)).length);
    const kilobytes = scripts.reduce((total, bytes) => total + bytes, 0) / 1000;
    assert.ok(kilobytes < MOST_KILOBYTES, `${kilobytes} kB`);
    await tab.close();
  });

test('the page of the examples trains without a build, from a server that sets no headers', async () => {
  copyFileSync(join(root, 'examples/page.html'), join(folder, 'page.html'));
  const html = readFileSync(join(folder, 'page.html'), 'utf8');
  assert.ok(html.split('\n').length <= 40);
  assert.ok(readFileSync(join(folder, 'node_modules/bertrand-ml/dist/browser/licenses.md'), 'utf8').includes('zod'));
  if (!browser) return;
  const tab = await browser.newPage();
  const errors: string[] = [];
  tab.on('pageerror', ({ message }) => errors.push(message));
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`);
  await tab.fill('#text', Array(200).fill('the cat sat on the mat and the dog on the rug').join('\n\n'));
  await tab.fill('#question', 'the cat sat on the mat and the [MASK] on the rug');
  await tab.click('#train');
  await tab.waitForFunction(() => document.getElementById('log')!.textContent.includes('%'), undefined, {
    timeout: 60_000,
  });
  const lines = (await tab.textContent('#log'))!.trim().split('\n');
  assert.equal(errors, []);
  assert.is(lines.filter((line) => /^step \d+: loss [\d.]+$/.test(line)).length, 10, lines.join('\n'));
  assert.match(lines[10], /^dog \d/, lines.join('\n'));
  await tab.close();
});

test.after(async () => {
  await browser?.close();
  server.close();
});

test.run();
